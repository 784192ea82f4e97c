from tests.torture.mutants import (
    books,
    cards,
    files,
    holds,
    mail,
    pdf,
    rate_limit,
    stripe,
    timer,
    waitlist,
    workshop,
)

FAULTS = [
    *holds.FAULTS,
    *rate_limit.FAULTS,
    *waitlist.FAULTS,
    *timer.FAULTS,
    *workshop.FAULTS,
    *cards.FAULTS,
    *stripe.FAULTS,
    *pdf.FAULTS,
    *books.FAULTS,
    *mail.FAULTS,
    *files.FAULTS,
]
