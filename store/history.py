"""What happens to pieces is written down with the move itself, in the same transaction."""

from collections.abc import Iterable
from contextlib import suppress

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, Expression, F, QuerySet, Value
from django.db.models.functions import Now

from accounts.models import User
from store.models import Piece, PieceEvent, PieceQuerySet
from store.statements import insert_from

Kind = PieceEvent.Kind
Rows = tuple[type[PieceEvent], list[str], QuerySet]
FIELDS = ["piece", "kind", "at", "actor", "until", "note", "held_for"]
# What staff say when they do these may be about whom it is, or was, held for.
ABOUT_SOMEBODY = {Kind.RESERVED, Kind.EXTENDED, Kind.RELEASED}


def record_events(
    pieces: PieceQuerySet, kind: Kind, *, actor: User | None = None, note: str = ""
) -> None:
    """Write one event for each of these pieces, in one statement.

    A hold's end is kept as the event's `until`, and beside words whom it was for: call this while
    the hold is written down.
    """
    write(entries(pieces, kind, actor=actor.pk if actor else None, note=note))


def record_lapsed(pieces: PieceQuerySet) -> None:
    """Write down that the holds of these pieces have run out, and when.

    Whoever wipes such a hold out calls this first, with the rows locked, so that each is
    written once: the sweep, or the next taker (see `lock_lapsed`).
    """
    write(entries(pieces, Kind.LAPSED, at=F("held_until")))


def lock_lapsed(pieces: PieceQuerySet) -> PieceQuerySet:
    """Lock those of these pieces whose hold has run out and is still written down."""
    return pieces.lapsed().lock()


def write(rows: Rows) -> None:
    # Django raises this for a queryset that it knows to be empty.
    with suppress(EmptyResultSet), connection.cursor() as cursor:
        cursor.execute(*insert_from(*rows))


def entries(
    pieces: PieceQuerySet,
    kind: Kind,
    *,
    actor: int | Expression | None = None,
    at: Expression | F | None = None,
    note: str = "",
) -> Rows:
    """Events for pieces, as `store.statements.insert_from` takes them."""
    nobody = Value(None, output_field=BigIntegerField())
    if not isinstance(actor, Expression):
        actor = Value(actor, output_field=BigIntegerField())
    whom = F("held_for_id") if kind in ABOUT_SOMEBODY and note else nobody
    columns = [Value(kind.value), at or Now(), actor, F("held_until"), Value(note[:200]), whom]
    return PieceEvent, FIELDS, pieces.order_by().values_list("pk", *columns)


def record_arrivals(pieces: Iterable[Piece]) -> None:
    """Write down that pieces came in, for those who create many at once without signals."""
    PieceEvent.objects.bulk_create(PieceEvent(piece=piece, kind=Kind.IN) for piece in pieces)
