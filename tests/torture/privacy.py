"""Row 19: six people ask for everything of a ticket that there is. Rounds are tickets."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any, Self

from django.urls import get_resolver, reverse

from accounts.groups import SHOP_STAFF, WORKSHOP_STAFF
from accounts.models import User
from accounts.tests.factories import PASSWORD, make_staff, make_user
from repairs_restorals.models import BeforeAfter, ServiceTicket
from repairs_restorals.models.photos import PHOTO_WIDTHS, ImageQuerySet
from repairs_restorals.models.query import TicketQuerySet
from repairs_restorals.photos import prepare_photos
from repairs_restorals.services import write_message
from repairs_restorals.tests.factories import SITE, make_photo, make_quote, photo_file
from tests.everything import routes
from tests.processes import Process
from tests.torture import photos
from tests.torture.buyers import Buyer
from tests.torture.run import Result, Run
from tests.torture.shop import shop

PROMISE = "19 Ticket photos are private"
WAYS: list[tuple[str, dict[str, str]]] = [
    ("GET", {}),
    ("HEAD", {}),
    ("GET", {"Range": "bytes=0-99"}),
    ("GET", {"Range": "bytes=-1"}),
]
# Both in words that stand nowhere else.
SAID, NOTED = b"Zanzibarine", b"Quixotropic"
EVERYTHING = {"words", "photo", "note", "photo of a note"}
MAY_SEE = {
    "guest": set(),
    "owner": {"words", "photo"},
    "other customer": set(),
    "workshop": EVERYTHING,
    # It takes in and hands out: it knows what the thing is, and what is to be done.
    "shop": {"words"},
    "holder of the link": {"words", "photo"},
}
# What differs between two answers that say the same.
CHANGING = {"Date", "Expires", "X-Request-ID", "Set-Cookie"}
GUARD = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')


def play(run: Run) -> Iterator[Result]:
    photos.clear()
    with shop(run, WEB_CONCURRENCY="1") as site:
        yield replayed(run, site)
    photos.clear()
    with shop(run, control="privacy.owner_scope_taken_out", WEB_CONCURRENCY="1") as site:
        yield replayed(run, site)._replace(control=True)
    photos.clear()


def owner_scope_taken_out() -> None:
    """The control: whoever knows a number sees what has it."""
    ImageQuerySet.seen_by = lambda self, user: self.all()  # type: ignore[method-assign]
    TicketQuerySet.for_customer = lambda self, user: self.all()  # type: ignore[method-assign]


def replayed(run: Run, site: Process) -> Result:
    crew = staff(run)
    found: Counter[str] = Counter()
    examples: list[str] = []
    for _ in run.counted():
        thing = Secrets(run, crew["workshop"])
        for who, person in thing.people(site, crew).items():
            for address in thing.addresses(with_link=who == "holder of the link"):
                for method, headers in WAYS:
                    found["asked"] += 1
                    answer = person.ask(method, address, headers)
                    seen = thing.seen_in(answer)
                    found["seen by those who may"] += len(seen & MAY_SEE[who])
                    if leaked := seen - MAY_SEE[who]:
                        found["leaks"] += 1
                        examples.append(f"{who} sees {leaked} at {method} {address}")
                    if answer.status >= 500:
                        found["5xx"] += 1
                        examples.append(f"{answer.status} for {who} at {address}")
            if MAY_SEE[who] <= {"words"}:
                for difference in thing.told_apart(person):
                    found["told apart"] += 1
                    examples.append(f"{who}: {difference}")
    figure = (
        f"{found['asked']:,} requests of {len(MAY_SEE)} people: {found['leaks']} leaks, "
        f"{found['told apart']} times told from what is not there, {found['5xx']} 5xx, "
        f"{found['seen by those who may']:,} times seen by those who may"
    )
    figure += f" (such as: {examples[0]})" if examples else ""
    held = not examples and found["seen by those who may"] > 0
    return Result(PROMISE, figure, held)


def staff(run: Run) -> dict[str, User]:
    number = run.dice.randrange(10**9)
    groups = {"workshop": WORKSHOP_STAFF, "shop": SHOP_STAFF}
    return {
        who: make_staff(f"{who}{number}@example.com", group=group) for who, group in groups.items()
    }


@dataclass
class Person:
    """Somebody with a browser: one connection for everything, as HEAD must leave it usable."""

    site: Process
    cookies: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, site: Process, user: User | None) -> Self:
        if user is None:
            return cls(site)
        buyer = Buyer(site.port)
        buyer.press("/accounts/login/", username=user.email, password=PASSWORD)
        assert buyer.heard().status == 302
        return cls(site, buyer.cookies)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection("localhost", self.site.port, timeout=30)

    def ask(self, method: str, address: str, headers: dict[str, str]) -> "Heard":
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, address, headers={"Cookie": cookie, **headers})
        return Heard(self.connection.getresponse())


class Heard:
    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.status
        self.headers = {
            name: value for name, value in response.getheaders() if name not in CHANGING
        }
        number = response.getheader("X-Request-ID", "").encode()
        # Forms of the page's header differ in what guards them, and in nothing else.
        self.body = GUARD.sub(b"", response.read().replace(number, b""))

    def without(self, address: str) -> tuple[Any, ...]:
        """What there is to compare, but for the address itself, to which a log-in leads back."""
        headers = {name: value.replace(address, "") for name, value in self.headers.items()}
        return self.status, headers, self.body.replace(address.encode(), b"")


class Secrets:
    """A ticket with a photo, a note that its customer must not see, and one of a note."""

    def __init__(self, run: Run, wren: User) -> None:
        number = run.dice.randrange(10**9)
        self.owner, self.other = (
            make_user(f"{name}{number}@example.com") for name in ("owner", "other")
        )
        self.ticket = ServiceTicket.objects.create(
            customer=self.owner, title=SAID.decode(), description=SAID.decode()
        )
        self.photo = make_photo(self.ticket)
        good, _ = prepare_photos([photo_file(color="green")])
        note = write_message(
            ticket_id=self.ticket.pk,
            author=wren,
            body=NOTED.decode(),
            photos=good,
            from_workshop=True,
            internal=True,
            site=SITE,
        )
        self.hidden = note.images.get()
        self.pair = BeforeAfter.objects.create(
            ticket=self.ticket, before=self.photo, after=self.hidden, caption="-", shown=False
        )
        self.quote = make_quote(self.ticket)
        self.contents = {
            "words": [SAID],
            "note": [NOTED],
            "photo": [photos.read(self.photo, size) for size in PHOTO_WIDTHS],
            "photo of a note": [photos.read(self.hidden, size) for size in PHOTO_WIDTHS],
        }

    def people(self, site: Process, crew: dict[str, User]) -> dict[str, Person]:
        users = {"owner": self.owner, "other customer": self.other, **crew}
        return {who: Person.of(site, users.get(who)) for who in MAY_SEE}

    def seen_in(self, answer: Heard) -> set[str]:
        return {
            what
            for what, contents in self.contents.items()
            if any(content[:2_000] in answer.body for content in contents)
        }

    def addresses(self, *, with_link: bool) -> Iterator[str]:
        """Every address of the workshop, for customers and in the admin, of this ticket."""
        secret = str(self.ticket.status_secret) if with_link else "a-guess"
        for route in sorted({*routes(get_resolver())}):
            if not route.startswith(("/workshop/", "/admin/repairs_restorals/")):
                continue
            for photo in (self.photo, self.hidden) if "<int:photo>" in route else (self.photo,):
                for size in PHOTO_WIDTHS if "size>" in route else ("",):
                    filled = route.replace("<reference:pk>", self.ticket.reference)
                    filled = filled.replace("<int:photo>", str(photo.pk))
                    filled = filled.replace("<slug:size>", size).replace("<slug:secret>", secret)
                    filled = filled.replace("<slug:side>", "before")
                    number = self.pair.pk if "/shown/" in route else self.ticket.pk
                    yield re.sub(r"<[^>]+>", str(number), filled)

    def told_apart(self, person: Person) -> Iterator[str]:
        """Where an address of this ticket is answered differently from one of no ticket."""
        for name in ("ticket", "ticket-edit", "ticket-cancel", "message", "ticket-link"):
            here, nowhere = (
                reverse(f"repairs:{name}", args=[pk]) for pk in (self.ticket.pk, 99_999_999)
            )
            yield from differences(person, here, nowhere)
        for photo in (self.photo, self.hidden):
            for size in PHOTO_WIDTHS:
                here = reverse("repairs:photo", args=[self.ticket.pk, photo.pk, size])
                nowhere = reverse("repairs:photo", args=[99_999_999, 99_999_999, size])
                yield from differences(person, here, nowhere)


def differences(person: Person, here: str, nowhere: str) -> Iterator[str]:
    for method, headers in WAYS:
        theirs = person.ask(method, here, headers).without(here)
        missing = person.ask(method, nowhere, headers).without(nowhere)
        if theirs != missing:
            yield f"{theirs} at {method} {here}, not {missing}"
