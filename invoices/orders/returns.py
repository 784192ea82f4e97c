"""Things that came back: what a credit note took back in full may go into stock again."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from invoices.exceptions import NothingToPay
from invoices.locking import lock_version
from invoices.models import Invoice
from store.models import Piece, PieceQuerySet
from store.services import restock_pieces


def restockable(invoice: Invoice) -> PieceQuerySet:
    """The sold pieces of an order whose whole price was credited; shipping may be kept."""
    if not (invoice.order_id and invoice.credited):
        return Piece.objects.none()
    left = invoice.creditable
    # The line of a thing comes before that of its shipping.
    lines = sorted(invoice.lines.all(), key=lambda line: line.pk, reverse=True)
    goods = {line.piece_id: line for line in lines if line.piece_id}
    credited = [piece for piece, line in goods.items() if not left[line.pk]]
    return Piece.objects.filter(pk__in=credited, order=invoice.order_id, sold_at__isnull=False)


@transaction.atomic
def restock(*, invoice_id: int, version: str, pieces: Iterable[Piece], actor: User) -> int:
    """Put pieces on sale again; return how many. Raises NothingToPay, VersionChanged."""
    invoice = lock_version(invoice_id, version)
    chosen = restockable(invoice).filter(pk__in=[piece.pk for piece in pieces])
    if not invoice.order_id or not chosen:
        raise NothingToPay
    return restock_pieces(chosen, order_id=invoice.order_id, actor=actor)
