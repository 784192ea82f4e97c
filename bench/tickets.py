"""A workshop full of made-up tickets, and how long its board takes to show them."""

import random
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import django

from tests.processes import Process
from tests.visitor import Visitor

FEW_TICKETS, MANY_TICKETS = 200, 20_000
WORKER, CUSTOMER = "bench@example.com", "ann@example.com"
PASSWORD = "made up for the bench"  # noqa: S105
BOARD = "/admin/repairs_restorals/serviceticket/"
PAGES = {
    "bench board": BOARD,
    "bench board, untouched": f"{BOARD}?attention=untouched",
}


def fill(number: int) -> None:
    """Write so many tickets of which every second is open, each with its story and a photo."""
    from django.db import transaction
    from django.utils import timezone

    from accounts.models import User
    from repairs_restorals.models import ServiceTicket, Status
    from store.tests.factories import set_up_shop

    set_up_shop()
    if not User.objects.filter(email=WORKER).exists():
        User.objects.create_superuser(WORKER, PASSWORD, name="Ben Ch")
        User.objects.create_user(CUSTOMER, PASSWORD, name="Ann", email_checked_at=timezone.now())
    # There may be tickets already.
    first = User.objects.count()
    people = User.objects.bulk_create(
        User(email=f"customer{n}@example.com", name=f"Customer {n}", password="!")  # noqa: S106
        for n in range(first, first + number // 4)
    )
    dice, now = random.Random(5511), timezone.now()
    open_ = [status for status in Status if status not in {Status.COLLECTED, Status.CANCELLED}]
    with transaction.atomic():
        tickets = ServiceTicket.objects.bulk_create(
            ServiceTicket(
                customer=dice.choice(people),
                title=f"{dice.choice(['Violin', 'Clock', 'Bicycle', 'Camera'])} {n}",
                description="It does not work any more. " * dice.randint(1, 20),
                serial_number=f"SN {dice.randint(1, 10**6)}",
                status=dice.choice(open_) if n % 2 else Status.COLLECTED,
                touched_at=now - timedelta(days=dice.randint(0, 30)),
            )
            for n in range(number)
        )
        write_stories(tickets)


def write_stories(tickets: list[Any]) -> None:
    from repairs_restorals.models import TicketEvent, TicketImage, TicketMessage

    TicketEvent.objects.bulk_create(
        TicketEvent(ticket=ticket, kind="moved", status=ticket.status)
        for ticket in tickets
        for _ in range(3)
    )
    TicketMessage.objects.bulk_create(
        TicketMessage(ticket=ticket, body="How is it?", from_workshop=bool(turn))
        for ticket in tickets
        for turn in range(2)
    )
    TicketImage.objects.bulk_create(
        TicketImage(ticket=ticket, image="tickets/none/large.jpeg", width=1600, height=1200)
        for ticket in tickets
    )


def worker(process: Process) -> Visitor:
    """Somebody of the workshop, logged in to the admin."""
    visitor = Visitor(process.port)
    visitor.get("/admin/login/")
    sent = {"username": WORKER, "password": PASSWORD, "next": BOARD}
    token = {"csrfmiddlewaretoken": visitor.cookies["csrftoken"]}
    status, _ = visitor.send("POST", "/admin/login/", urlencode({**sent, **token}))
    if status != 302:
        raise RuntimeError(f"The log-in answered {status}")
    return visitor


def boards(
    many: Process, few: Process, fetching: Callable[..., Callable[[], float]]
) -> Iterator[tuple[str, Callable[[], float], Callable[[], float]]]:
    """The pages of the board with many and with few tickets, each with its name."""
    sides = [[worker(process) for _ in range(2)] for process in (many, few)]
    for name, page in PAGES.items():
        ours, bare = (fetching(people, page) for people in sides)
        yield f"{name}: {MANY_TICKETS:,} tickets to {FEW_TICKETS}", ours, bare


if __name__ == "__main__":
    django.setup()
    fill(int(sys.argv[1]))
