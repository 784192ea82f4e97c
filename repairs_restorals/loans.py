"""Lending things of the workshop to whoever waits for theirs, and getting them back."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from repairs_restorals.models import Loan, ServiceTicket
from repairs_restorals.services import lock_ticket
from store.exceptions import Refusal
from store.models import Piece
from store.services import lock_items


class LentMeanwhile(Refusal):
    """Somebody else has it, or it is no loan item any more."""

    words = _("It is lent to somebody else by now, or is no loan item any more.")


class NothingToLendFor(Refusal):
    """Whoever's ticket is closed has their thing, or will not get it mended."""

    words = _("The ticket is closed: nothing more is lent for it.")


def free_to_lend() -> QuerySet[Piece]:
    """Loan items that are here."""
    kept = Piece.objects.filter(for_loan_since__isnull=False, item__binned_at=None)
    here = kept.exclude(pk__in=Piece.objects.lent().values("pk"))
    return here.select_related("item").order_by("item__title", "pk")


@transaction.atomic
def lend(*, ticket_id: int, piece_id: int, due_on: date, actor: User) -> Loan:
    """Raise LentMeanwhile, or NothingToLendFor."""
    ticket: ServiceTicket = lock_ticket(ticket_id)
    if not ticket.is_open:
        raise NothingToLendFor
    # Its thing is locked, so that nobody makes an ordinary piece of it meanwhile, nor deletes it.
    lock_items(Piece.objects.filter(pk=piece_id).values_list("item", flat=True))
    piece = free_to_lend().select_for_update(of=["self"]).filter(pk=piece_id).first()
    if piece is None:
        raise LentMeanwhile
    try:
        with transaction.atomic():
            return Loan.objects.create(ticket=ticket, piece=piece, due_on=due_on, actor=actor)
    except IntegrityError as refusal:
        raise LentMeanwhile from refusal


@transaction.atomic
def take_loan_back(*, ticket_id: int, loan_id: int) -> int:
    """It is here again; once more does nothing."""
    lock_ticket(ticket_id)
    out = Loan.objects.out().filter(pk=loan_id, ticket=ticket_id)
    return out.update(returned_at=Now())
