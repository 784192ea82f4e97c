"""Staff lend a thing while others take it out of the loan items, or delete it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from repairs_restorals.loans import LentMeanwhile, free_to_lend, lend
from repairs_restorals.models import Loan
from repairs_restorals.tests.factories import make_ticket
from store.bin import bin_items, in_bin
from store.exceptions import PiecesInUse
from store.models import Piece
from store.services import keep_for_loan, lend_no_more
from store.tests.factories import make_item
from tests.crowd import at_once, just_before

pytestmark = [pytest.mark.on_both, pytest.mark.django_db(transaction=True)]
ROUNDS = 5
INSERT = 'INSERT INTO "repairs_restorals_loan"'
REFUSED = (LentMeanwhile, PiecesInUse)


def lend_carelessly(ticket_id: int, piece_id: int, actor: User) -> Loan:
    """Look, then lend, with nothing locked."""
    piece = free_to_lend().get(pk=piece_id)
    day = timezone.localdate()
    return Loan.objects.create(ticket_id=ticket_id, piece=piece, due_on=day, actor=actor)


def ending_of(piece: Piece, *, is_deleted: bool) -> Callable[[], Any]:
    if is_deleted:
        return partial(bin_items, [piece.item], actor=None)
    return partial(lend_no_more, [piece])


def loan_item() -> Piece:
    piece = make_item().pieces.get()
    keep_for_loan([piece])
    return piece


def is_lent_and_gone(piece: Piece) -> tuple[bool, bool]:
    is_kept = Piece.objects.filter(pk=piece.pk, for_loan_since__isnull=False).exists()
    is_gone = in_bin().filter(pieces=piece).exists() or not is_kept
    return Loan.objects.out().filter(piece=piece).exists(), is_gone


@pytest.mark.parametrize("is_deleted", [True, False], ids=["deleted", "made ordinary"])
def test_a_thing_is_lent_or_gone_and_never_both(is_deleted: bool) -> None:
    ticket = make_ticket()
    staff = ticket.customer
    for _ in range(ROUNDS):
        piece = loan_item()
        day = timezone.localdate()
        lending = partial(lend, ticket_id=ticket.pk, piece_id=piece.pk, due_on=day, actor=staff)
        ending = ending_of(piece, is_deleted=is_deleted)

        ends = at_once([lending, ending, lending, ending])

        faults = [end for end in ends if isinstance(end, Exception)]
        assert [fault for fault in faults if not isinstance(fault, REFUSED)] == []
        is_lent, is_gone = is_lent_and_gone(piece)
        assert is_lent != is_gone


@pytest.mark.parametrize("is_deleted", [True, False], ids=["deleted", "made ordinary"])
def test_control_look_then_lend_gives_out_what_is_gone(is_deleted: bool) -> None:
    # When this fails, the test above has stopped proving anything.
    ticket, piece = make_ticket(), loan_item()
    ended: list[Any] = []
    ending = ending_of(piece, is_deleted=is_deleted)
    with just_before(INSERT, lambda: ended.extend(at_once([ending]))):
        lend_carelessly(ticket.pk, piece.pk, ticket.customer)

    assert not isinstance(ended[0], Exception)
    assert is_lent_and_gone(piece) == (True, True)
