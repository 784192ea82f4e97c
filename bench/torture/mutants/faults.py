from bench.torture.mutants import (
    books,
    cards,
    fair_use,
    holds,
    line,
    mail,
    paper,
    stripe,
    timer,
    workshop,
)

FAULTS = [
    *holds.FAULTS,
    *fair_use.FAULTS,
    *line.FAULTS,
    *timer.FAULTS,
    *workshop.FAULTS,
    *cards.FAULTS,
    *stripe.FAULTS,
    *paper.FAULTS,
    *books.FAULTS,
    *mail.FAULTS,
]
