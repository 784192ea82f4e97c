"""Closing: what is open is counted up, signed, printed and frozen in one transaction."""

from decimal import Decimal
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from invoices.day_close.figures import OpenDay, open_day
from invoices.day_close.pdf import pdf_of
from invoices.exceptions import DayMovedOn, SentBefore
from invoices.models import CashMovement, DayClose, Payment
from money.currency import shop_currency


class Signed(NamedTuple):
    """What somebody has counted, and signs; `version` is that of the open day they saw."""

    opening: Decimal
    counted: Decimal
    signed_by: str
    note: str
    version: str
    idempotency_key: str


def close_day(signed: Signed, *, actor: User) -> DayClose:
    """Close all that is open; the same idempotency key once more returns the first close.

    Raises DayMovedOn when money has moved, or somebody has closed, since that was seen. What is
    recorded meanwhile is open afterwards: it is in the next close. Two who close at once want the
    same number, of which the database gives one.
    """
    try:
        with transaction.atomic():
            return close_locked(signed, actor)
    except IntegrityError as refusal:
        if first := closed_as(signed.idempotency_key):
            return first
        raise DayMovedOn from refusal


def close_locked(signed: Signed, actor: User) -> DayClose:
    day = open_day(lock=True)
    if first := closed_as(signed.idempotency_key):
        return first
    if day.version != signed.version:
        raise DayMovedOn
    close = draft_of(day, signed, actor)
    close.pdf = pdf_of(close, day)
    close.save(force_insert=True)
    numbers = [payment.pk for payment in day.payments]
    Payment.objects.filter(pk__in=numbers).update(close=close, to_close=False)
    moved = [movement.pk for movement in day.movements]
    CashMovement.objects.filter(pk__in=moved).update(close=close)
    return close


def closed_as(idempotency_key: str) -> DayClose | None:
    """What this sending of the form has led to already."""
    return DayClose.objects.filter(idempotency_key=idempotency_key).first()


def draft_of(day: OpenDay, signed: Signed, actor: User) -> DayClose:
    """The close with all its figures, which is not written yet."""
    at = User.objects.values_list(Now(), flat=True).get(pk=actor.pk)
    return DayClose(
        number=day.last.number + 1 if day.last else 1,
        day=timezone.localdate(at),
        at=at,
        since=day.last.at if day.last else None,
        currency=shop_currency(),
        opening=signed.opening,
        cash=day.cash,
        paid_in=day.paid_in,
        paid_out=day.paid_out,
        counted=signed.counted,
        takings=[taking.kept for taking in day.takings],
        note=signed.note,
        signed_by=signed.signed_by,
        actor=actor,
        idempotency_key=signed.idempotency_key,
    )


def move_cash(*, amount: Decimal, reason: str, actor: User, idempotency_key: str) -> CashMovement:
    """Write down cash put into the drawer or (negative) taken out; the same key writes it once.

    Raises SentBefore when something else was written down under this key.
    """
    known = {"amount": amount, "reason": reason, "actor": actor}
    moved, _created = CashMovement.objects.get_or_create(
        idempotency_key=idempotency_key, defaults=known
    )
    if (moved.amount, moved.reason) != (amount, reason):
        raise SentBefore(moved)
    return moved
