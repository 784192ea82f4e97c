"""How long the front desk, its search and the till's take.

In a shop of 100,000 pieces, 20,000 orders and 20,000 tickets.
"""

from collections.abc import Iterator
from datetime import timedelta
from statistics import median

from bench.books import fill as fill_books
from bench.books import timed
from bench.large import start
from bench.tickets import MANY_TICKETS, worker
from bench.tickets import fill as fill_tickets
from tests.processes import Process

ROUNDS = 21
DESK = "/admin/"
TILL = f"{DESK}till/"
# What may pass until the page is here, in milliseconds.
GOAL = 150
PAGES = {
    "front desk": DESK,
    "search: a stock number": f"{DESK}search/?q=B4711",
    "search: an order": f"{DESK}search/?q=R00003",
    "search: a name": f"{DESK}search/?q=Buyer+1234",
    "search: a phone": f"{DESK}search/?q=%2B49+30+555777",
    "search: a title": f"{DESK}search/?q=violin",
    "till: nothing yet": TILL,
    "till: a title": f"{TILL}?q=sold+thing+4711",
    "till: a word of all things": f"{TILL}?q=thing",
    "till: a ticket": f"{TILL}?q=W00012",
    "till: who brought it": f"{TILL}?q=customer+1234",
    "till: what is not there": f"{TILL}?q=nothing+like+that",
}


def pages(process: Process) -> Iterator[str]:
    """The median of several requests for each page, and of a bare page's in turns with them.

    Other work on the machine makes both slower: their ratio says what a page asks for.
    """
    person = worker(process)
    for name, page in PAGES.items():
        bare = f"/bare/page/{len(person.get(page))}/"
        person.get(bare)
        rounds = [(timed(person, page), timed(person, bare)) for _ in range(ROUNDS)]
        ours, theirs = zip(*rounds, strict=True)
        goal = f", goal ≤ {GOAL}" if page == DESK else ""
        yield (
            f"{name:30} {median(ours):6.0f} ms, {min(ours):.0f}–{max(ours):.0f}{goal}; "
            f"{median(ours) / median(theirs):.1f} of a bare page's {median(theirs):.0f} ms"
        )


def fill(number: int = MANY_TICKETS) -> None:
    """The books' shop, and a workshop's tickets beside it.

    What was paid more than a week ago has been handed out; what is not paid, a fifth, stays open.
    """
    from django.utils import timezone

    from store.models import Order

    fill_books(number)
    week_ago = timezone.now() - timedelta(days=7)
    done = Order.objects.filter(paid_at__isnull=False, invoice__issued_at__lt=week_ago)
    done.update(state=Order.State.COLLECTED)
    fill_tickets(number)


if __name__ == "__main__":
    start("bench.desk", fill, pages, TIMER="off")
