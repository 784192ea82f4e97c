from datetime import timedelta

from django.db.models import F

from store.models import Piece, PieceQuerySet


def let_pass(time: timedelta, pieces: PieceQuerySet | None = None) -> int:
    """Move holds, of all pieces or of some, into the past by so much; return how many.

    For the database, time has gone by.
    """
    held = (Piece.objects.all() if pieces is None else pieces).exclude(held_by=None)
    return held.update(held_since=F("held_since") - time, held_until=F("held_until") - time)


def let_holds_lapse(pieces: PieceQuerySet | None = None) -> int:
    return let_pass(timedelta(days=1), pieces)
