from bench.torture.mutants import (
    books,
    cards,
    fair_use,
    holds,
    mail,
    paper,
    stripe,
    timer,
    waitlist,
    workshop,
)

FAULTS = [
    *holds.FAULTS,
    *fair_use.FAULTS,
    *waitlist.FAULTS,
    *timer.FAULTS,
    *workshop.FAULTS,
    *cards.FAULTS,
    *stripe.FAULTS,
    *paper.FAULTS,
    *books.FAULTS,
    *mail.FAULTS,
]
