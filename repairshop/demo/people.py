"""Everybody who can log in to the demo shop."""

from typing import NamedTuple

from django.contrib.auth.models import Group
from django.db.models.functions import Now
from django.utils import timezone

from accounts.groups import MANAGERS, SHOP_STAFF, WORKSHOP_STAFF
from accounts.models import Customer, User
from mail.models import Mail

# Known to everybody, which is why the command asks for DEBUG or --force.
PASSWORD = "repairshop-demo"  # noqa: S105


class Person(NamedTuple):
    email: str
    name: str
    role: str
    group: str = ""
    superuser: bool = False
    address: tuple[str, str, str, str] | None = None


PEOPLE = [
    Person("admin@example.com", "Ada Admin", "may do everything", superuser=True),
    Person("mo@example.com", "Mo Hollow", "manager", group=MANAGERS),
    Person("sam@example.com", "Sam Hare", "shop staff", group=SHOP_STAFF),
    Person("wren@example.com", "Wren Tailor", "workshop staff", group=WORKSHOP_STAFF),
    Person(
        "alice@example.com",
        "Alice Ashdown",
        "customer, has ordered before",
        address=("Elm Row 4", "12347", "Exampleton", "Germany"),
    ),
    Person(
        "bob@example.com",
        "Bob Brandt",
        "customer",
        address=("Kirchgasse 9", "54321", "Musterhausen", "Germany"),
    ),
]


def add_people() -> int:
    """Add the people who have no account yet; return how many."""
    there = set(User.objects.values_list("email", flat=True))
    missing = [person for person in PEOPLE if person.email not in there]
    for person in missing:
        add_person(person)
    return len(missing)


def add_person(person: Person) -> None:
    user = User.objects.create_user(
        person.email,
        PASSWORD,
        name=person.name,
        is_staff=person.superuser or bool(person.group),
        is_superuser=person.superuser,
        email_checked_at=timezone.now(),
    )
    if person.group:
        user.groups.add(Group.objects.get(name=person.group))
    if person.address:
        address = dict(zip(("street", "postcode", "city", "country"), person.address, strict=True))
        Customer.objects.update_or_create(user=user, defaults=address)


def demo_user(email: str) -> User | None:
    return User.objects.filter(email=email).first()


def write_mails_off() -> None:
    """Take mails to these people for sent: nobody waits for them, and nobody lives there.

    To be called in the transaction that wrote them, so that no timer sends one.
    """
    mails = Mail.objects.queued().filter(to__endswith="@example.com")
    mails.update(state=Mail.State.SENT, sent_at=Now())
