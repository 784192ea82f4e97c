"""All that is kept about somebody: each app says where it keeps personal data, and what of it.

Every model stands in `SOURCES` or, with the reason, in `NOT_PERSONAL`; a test fails for any other.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.core.files.storage import Storage
from django.db.models import Model, Q, QuerySet

from accounts.factors.devices import has_factor
from accounts.models import User


class Person(NamedTuple):
    """An account, a guest by an e-mail address whose mail they read, or both."""

    user: User | None
    # Empty while nobody has shown to read its mail.
    email: str

    def owned(self, user: str = "customer", email: str = "email") -> Q:
        """Rows of the account, and those without one under the address."""
        found = Q(pk__in=[])
        if self.user:
            found |= Q(**{user: self.user})
        if self.email:
            found |= Q(**{f"{user}__isnull": True, email: self.email})
        return found

    def written(self, email: str = "email") -> Q:
        """Rows that have no account, but an address."""
        return Q(**{email: self.email}) if self.email else Q(pk__in=[])


class StoredFile(NamedTuple):
    storage: Storage
    # Where it lies there, and how it is called in what is downloaded.
    path: str
    name: str


class Source(NamedTuple):
    """A model with personal data: whose rows are whose, and what of them their owner gets.

    Fields that are not named are secrets, notes of staff, or the shop's own.
    """

    model: type[Model]
    rows: Callable[[Person], QuerySet[Any]]
    fields: Sequence[str]
    files: Callable[[Any], Iterable[StoredFile]] | None = None
    # How values of a field are put into words that the model has none for.
    in_words: Mapping[str, Callable[[Any], Any]] = {}
    # Written without anybody's doing when an address is typed: no reason to write to that.
    is_log: bool = False


SOURCES: list[Source] = []
# An account that no row is of. Its address is checked: of others, more is asked.
NOBODY = User(pk=0, email_checked_at=datetime.min.replace(tzinfo=UTC))
# By the model's label, such as "auth.Group".
NOT_PERSONAL: dict[str, str] = {}


def person_of(user: User) -> Person:
    return Person(user, user.email if user.is_checked else "")


def person_at(email: str) -> Person:
    """Whoever reads the mail of an address, with the account under it that its owner has closed.

    Not with one that has a second factor: a mailbox alone does not pass that.
    """
    closed = User.objects.filter(email=email, is_active=False, closed_at__isnull=False).first()
    # Asked of nobody, too, so that the time tells nothing.
    is_safe = not has_factor(closed or NOBODY)
    return Person(closed if is_safe else None, email)


def is_known(person: Person) -> bool:
    """Whether anything is kept besides logs."""
    # All are asked, also where there is no account, so that the time tells nothing.
    somebody = person._replace(user=person.user or NOBODY)
    found = [source.rows(somebody).exists() for source in SOURCES if not source.is_log]
    return any(found)
