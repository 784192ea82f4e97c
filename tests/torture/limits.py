"""Row 29: one address and one account at every limit, and one who sprays a password.

Rounds are the tries at each. Nobody needs to be in a hurry: it is played without a server.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from unittest.mock import patch

from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from accounts.guessing import NETWORK
from accounts.limits import COUNTERS
from accounts.models import Guesses, User
from accounts.tests.factories import PASSWORD, make_user
from bag.models import RateLimit
from mail.models import Mail
from repairs_restorals.models import ServiceTicket, TicketImage
from repairs_restorals.tests.factories import make_ticket
from tests.torture import invariants
from tests.torture.hostile_files import drawn, saved
from tests.torture.run import Result, Run
from tests.torture.shop import put_on_sale
from tests.torture.unpaid import from_address, order

PROMISE = "29 Nobody fills disk, outbox or sessions"
ALLOWED = 2
NAMES = ("REGISTRATIONS", "RESETS", "MESSAGES", "ORDERS", "DRAFTS", "PHOTOS", "PHOTO_MEGABYTES")
SETTINGS = {f"{name}_PER_HOUR_PER_ADDRESS": ALLOWED for name in NAMES} | {"CONFIRM_MINUTES": 60}
NEW_TICKET = "/workshop/tickets/new/"
HOME = "9.9.9.9"
SPRAYED = 24
Try = Callable[[int], bool]


def play(run: Run) -> Iterator[Result]:
    yield attacked(run, sprays=SPRAYED)
    with patch.dict(COUNTERS, dict.fromkeys(COUNTERS, lambda *asked: None)):
        yield attacked(run, sprays=0)._replace(control=True)


def attacked(run: Run, *, sprays: int) -> Result:
    clear()
    with override_settings(**SETTINGS):
        siege = Siege(run)
        taken = siege.taken()
        looked_at = sprayed(sprays)
    most = ", ".join(f"{name} {number}" for name, number in taken.items())
    figure = (
        f"{run.rounds} tries at each, {ALLOWED} allowed: {most}; {Mail.objects.count()} mails, "
        f"{Session.objects.count()} sessions; a password sprayed at {sprays} accounts: "
        f"{looked_at} of {NETWORK.usually} looked at"
    )
    clear()
    held = max(taken.values()) <= ALLOWED and looked_at <= NETWORK.usually
    return Result(PROMISE, figure, held)


def clear() -> None:
    invariants.clear()
    for model in (ServiceTicket, RateLimit, Guesses, Session):
        model.objects.all().delete()
    User.objects.filter(email__endswith="@limits.example.com").delete()


class Siege:
    """New visitors from one address, and one customer from many."""

    def __init__(self, run: Run) -> None:
        self.rounds = run.rounds
        self.alice = make_user(f"{secrets.token_hex(4)}@limits.example.com")
        self.ticket = make_ticket(self.alice)
        self.things = put_on_sale(items=run.rounds, pieces=1)
        self.photo = saved(drawn((60, 60)), "JPEG")

    def taken(self) -> Counter[str]:
        """How many of each were taken, from one address and then by one account."""
        asked = f"/store/item/{self.things[0].slug}/ask/"
        ways: dict[str, Try] = {
            "resets": partial(self.sent_by_strangers, "/accounts/password_reset/"),
            "accounts": partial(self.sent_by_strangers, "/accounts/register/"),
            "drafts": partial(self.sent_by_strangers, NEW_TICKET),
            "questions": partial(self.sent_by_strangers, asked),
            "orders": lambda number: order(self.things[number], from_address(HOME), new_email()),
            "tickets": partial(self.sent_by_alice, NEW_TICKET),
            "messages": partial(self.sent_by_alice, f"{self.ticket.get_absolute_url()}message/"),
            "photos": self.shown_by_alice,
        }
        tries = range(self.rounds)
        return Counter({name: sum(way(number) for number in tries) for name, way in ways.items()})

    def sent_by_strangers(self, path: str, number: int) -> bool:
        return is_taken(from_address(HOME), path)

    def sent_by_alice(self, path: str, number: int) -> bool:
        return is_taken(self.alice_at(number), path)

    def shown_by_alice(self, number: int) -> bool:
        before = TicketImage.objects.count()
        file = SimpleUploadedFile("zither.jpg", self.photo, content_type="image/jpeg")
        path = "/workshop/tickets/add-image/"
        self.alice_at(number).post(path, {"ticket": self.ticket.pk, "images": file})
        return TicketImage.objects.count() > before

    def alice_at(self, number: int) -> Client:
        client = from_address(f"8.8.8.{number + 1}")
        client.force_login(self.alice)
        return client


def new_email() -> str:
    return f"{secrets.token_hex(4)}@limits.example.com"


def is_taken(visitor: Client, path: str) -> bool:
    """Whether a form is taken in which all is filled that any of these asks for."""
    said = {"name": "Ann", "email": new_email(), "password": PASSWORD, "text": "How tall?"}
    thing = {"title": "Zither", "description": "It hums.", "kind": "repair", "body": "Hello"}
    key = {"idempotency_key": secrets.token_hex(16)}
    status = visitor.post(path, {**said, **thing, **key}).status_code
    assert status in {200, 302, 429}, (path, status)
    return status == 302


def sprayed(accounts: int) -> int:
    """How many of the passwords that one address tries at as many accounts were looked at."""
    emails = [new_email() for _number in range(accounts)]
    User.objects.bulk_create([User(email=email, name="Ann") for email in emails])
    tries = ({"username": email, "password": "Summer2026!"} for email in emails)
    answers = [from_address("5.5.5.5").post("/accounts/login/", each) for each in tries]
    return sum(answer.status_code == 200 for answer in answers)
