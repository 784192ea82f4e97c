"""Staff lend a thing while others take it out of the loan items, or delete it."""

from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from repairs_restorals.loans import LentMeanwhile, lend
from repairs_restorals.models import Loan
from repairs_restorals.tests.factories import make_ticket
from store.bin import bin_items, in_bin
from store.exceptions import PiecesInUse
from store.models import Piece
from store.services import keep_for_loan, lend_no_more
from store.tests.factories import make_item
from tests.crowd import at_once

pytestmark = [pytest.mark.on_both, pytest.mark.django_db(transaction=True)]
ROUNDS = 5
REFUSED = (LentMeanwhile, PiecesInUse)


@pytest.mark.parametrize("is_deleted", [True, False], ids=["deleted", "made ordinary"])
def test_a_thing_is_lent_or_gone_and_never_both(is_deleted: bool) -> None:
    ticket = make_ticket()
    staff = ticket.customer
    for _ in range(ROUNDS):
        piece = make_item().pieces.get()
        keep_for_loan([piece])
        day = timezone.localdate()
        lending = partial(lend, ticket_id=ticket.pk, piece_id=piece.pk, due_on=day, actor=staff)
        ending: Any = partial(lend_no_more, [piece])
        if is_deleted:
            ending = partial(bin_items, [piece.item], actor=None)

        ends = at_once([lending, ending, lending, ending])

        faults = [end for end in ends if isinstance(end, Exception)]
        assert [fault for fault in faults if not isinstance(fault, REFUSED)] == []
        is_here = Piece.objects.filter(pk=piece.pk, for_loan_since__isnull=False).exists()
        is_gone = in_bin().filter(pieces=piece).exists() or not is_here
        assert Loan.objects.out().filter(piece=piece).exists() != is_gone
