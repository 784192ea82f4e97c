"""Rows that whoever has their link may see, without logging in; see `accounts.links`.

A row begins with a plain link, its `secret`, as the release before makes them. Some days later
`hide_links` keeps no more of that than its digest, by which it still opens the row; `secret` is
then a random text that opens nothing. Rows that are never changed, as invoices, keep theirs; but
it opens nothing once whose they were is erased.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar, TypeVar, cast

from django.conf import settings
from django.db import models
from django.db.models import Model, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.links import dated_link, read_link

Row = TypeVar("Row", bound=Model)


class LinkMixin:
    """What a model with links says of itself."""

    # What its links are for, and the field that holds the first one.
    POWER: ClassVar[str]
    NONCE: ClassVar[str] = "secret"
    pk: Any

    @property
    def nonce(self) -> str | None:
        """What links are derived of: the digest of the first one, so that it stays when that goes.

        None while all are revoked.
        """
        first: str | None = getattr(self, self.NONCE)
        if first is None:
            return None
        return getattr(self, "first_link", None) or digest_of(first)

    @property
    def link(self) -> str:
        """What stands in an address that leads here, for whoever has it; "" while revoked."""
        first: str | None = getattr(self, self.NONCE)
        if first is None or self.nonce is None:
            return ""
        is_kept = getattr(self, "first_link", None) is None
        is_plain = is_kept and not is_old(days_since(self.linked_since))
        return first if is_plain else dated_link(self.POWER, self.pk, self.nonce)

    @property
    def linked_since(self) -> datetime:
        """When its first link was made."""
        raise NotImplementedError

    @property
    def ended_at(self) -> datetime | None:
        """When the last thing happened to it; None while something is to be done or paid."""
        raise NotImplementedError

    @property
    def is_erased(self) -> bool:
        """Whether whose it was is forgotten: then no link opens it, be it to them."""
        return False

    def belongs_to(self, user: Any) -> bool:
        raise NotImplementedError

    @property
    def link_owner(self) -> Any:
        """Who gets a new link: somebody with a name and an e-mail address."""
        raise NotImplementedError

    @property
    def link_address(self) -> str:
        """Where its link leads, as a path."""
        raise NotImplementedError

    @property
    def state_in_words(self) -> str:
        """What somebody with an old link reads of it beside its reference."""
        raise NotImplementedError


class HiddenLinkMixin(LinkMixin, models.Model):
    """Of a row that some days later keeps its first link no more."""

    # The digest of that link, once it is not kept.
    first_link = models.CharField(  # noqa: DJ001
        max_length=64, unique=True, null=True, editable=False
    )

    class Meta:
        abstract = True


class AgedLink(Exception):
    """A link that was good once: its row is named, and a new one can be mailed."""

    def __init__(self, row: Any, text: str) -> None:
        super().__init__(row.POWER)
        self.row, self.text = row, text


def days_since(then: datetime) -> int:
    return (timezone.now() - then).days


def is_old(days: int) -> bool:
    return days > settings.LINK_DAYS


def digest_of(link: str) -> str:
    return sha256(link.encode()).hexdigest()


def find_by_link(rows: "QuerySet[Row]", text: str, visitor: Any) -> Row:
    """The row that a link opens to a visitor. Raises Http404, and AgedLink for one that is too old.

    None ages while something is to be paid or done, nor before the time of withdrawal and guarantee
    is over. Whoever it belongs to is let in by any.
    """
    row: Any
    row, age = opened_by(rows, text)
    if is_old(age) and not row.belongs_to(visitor):
        ended = row.ended_at
        if ended and timezone.now() - ended > timedelta(days=settings.GUARANTEE_DAYS):
            raise AgedLink(row, text)
    return cast(Row, row)


def opened_by(rows: "QuerySet[Row]", text: str) -> tuple[Row, int]:
    """The row of a link, and the link's age in days; raise Http404."""
    model: Any = rows.model
    row: Any
    if dated := read_link(text):
        row = rows.filter(pk=dated.pk).first()
        if row and row.nonce and dated.opens(row.POWER, row.nonce) and not row.is_erased:
            return row, dated.age
        raise Http404
    plain = Q(**{model.NONCE: text})
    if issubclass(model, HiddenLinkMixin):
        plain = plain & Q(first_link=None) | Q(first_link=digest_of(text))
    row = rows.filter(plain).first()
    if row is None or row.is_erased:
        raise Http404
    return row, days_since(row.linked_since)
