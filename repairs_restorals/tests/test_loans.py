"""Loan items are never for sale, are lent with a day, and are asked for when it has passed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from repairs_restorals.loans import (
    LentMeanwhile,
    NothingToLendFor,
    free_to_lend,
    lend,
    take_loan_back,
)
from repairs_restorals.models import Loan, ServiceTicket, Status
from repairs_restorals.repair_forms import suggested
from repairs_restorals.tests.board_steps import action, page_of
from repairs_restorals.tests.factories import make_quote, make_ticket
from store.bin import bin_items
from store.exceptions import PiecesInUse
from store.models import Item, Piece
from store.services import keep_for_loan, lend_no_more, return_pieces
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def violin(db: None) -> Piece:
    piece = make_item(title="Student violin").pieces.get()
    assert keep_for_loan([piece]) == 1
    return Piece.objects.get(pk=piece.pk)


def lent(piece: Piece, ticket: ServiceTicket, staff: User, days: int = 7) -> Loan:
    due_on = TODAY() + timedelta(days=days)
    return lend(ticket_id=ticket.pk, piece_id=piece.pk, due_on=due_on, actor=staff)


def test_it_is_never_for_sale(violin: Piece) -> None:
    assert not Piece.objects.on_sale().exists()
    assert return_pieces([violin]) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Piece.objects.filter(pk=violin.pk).update(withdrawn_at=None)

    assert lend_no_more([violin]) == 1
    assert not free_to_lend().exists()
    assert return_pieces([violin]) == 1


def test_staff_lend_it_and_take_it_back(
    workshop: Client, alice: User, wren: User, violin: Piece
) -> None:
    ticket = make_ticket(alice)
    day = TODAY() + timedelta(days=9)
    page = action(ticket, "loans")
    workshop.post(page, {"lend-piece": violin.pk, "lend-due_on": day.isoformat()})

    loan = ticket.loans.get()
    assert (loan.piece, loan.due_on, loan.actor) == (violin, day, wren)
    assert f"Lent meanwhile: Student violin ({violin})" in workshop.get(page_of(ticket)).text
    assert "It is here again" in workshop.get(page).text
    workshop.post(page, {"back": loan.pk})
    loan.refresh_from_db()
    assert loan.returned_at
    assert [*free_to_lend()] == [violin]


def test_its_customer_reads_what_is_lent(
    client: Client, alice: User, wren: User, violin: Piece
) -> None:
    ticket = make_ticket(alice)
    lent(violin, ticket, wren)
    client.force_login(alice)

    assert "On loan to you" in client.get(ticket.get_absolute_url()).text
    assert "free of charge" in suggested(make_quote(ticket))["replacement"]


def test_it_is_lent_to_one_at_a_time(alice: User, bob: User, wren: User, violin: Piece) -> None:
    lent(violin, make_ticket(alice), wren)

    with pytest.raises(LentMeanwhile):
        lent(violin, make_ticket(bob), wren)
    with pytest.raises(IntegrityError), transaction.atomic():
        Loan.objects.create(ticket=make_ticket(bob), piece=violin, due_on=TODAY())


def test_nothing_is_lent_for_what_is_closed_nor_what_is_for_sale(
    alice: User, wren: User, violin: Piece
) -> None:
    with pytest.raises(NothingToLendFor):
        lent(violin, make_ticket(alice, status=Status.COLLECTED), wren)
    with pytest.raises(LentMeanwhile):
        lent(make_item().pieces.get(), make_ticket(alice), wren)


def test_what_is_lent_is_no_ordinary_piece_before_it_is_back(
    client: Client, alice: User, wren: User, sam: User, violin: Piece
) -> None:
    loan = lent(violin, make_ticket(alice), wren)
    chosen = {"action": "not_for_loan", "_selected_action": [violin.pk]}
    client.force_login(sam)

    page = client.post("/admin/store/piece/", chosen, follow=True).text
    assert f"Lent to a customer: {violin}. Take it back on the ticket first." in page
    assert Piece.objects.get().for_loan_since
    take_loan_back(ticket_id=loan.ticket_id, loan_id=loan.pk)
    assert lend_no_more([violin]) == 1
    with pytest.raises(LentMeanwhile):
        lent(violin, make_ticket(alice), wren)


def test_the_thing_of_what_is_lent_goes_to_no_bin_and_from_there_none_is_lent(
    client: Client, alice: User, wren: User, sam: User, violin: Piece
) -> None:
    loan = lent(violin, make_ticket(alice), wren)
    client.force_login(sam)
    page = client.get(f"/admin/store/item/{violin.item_id}/delete/").text
    assert f"{violin}: lent to a customer" in page
    with pytest.raises(PiecesInUse):
        bin_items([violin.item], actor=sam)

    take_loan_back(ticket_id=loan.ticket_id, loan_id=loan.pk)
    assert bin_items([violin.item], actor=sam)
    assert not free_to_lend().exists()
    with pytest.raises(LentMeanwhile):
        lent(violin, make_ticket(alice), wren)
    # The ticket knows who had it: it never goes for good.
    assert Item.with_bin.get().bin_until is None


@pytest.mark.parametrize(
    ("status", "days", "is_late"),
    [
        (Status.IN_PROGRESS, 1, False),
        (Status.IN_PROGRESS, -1, True),
        (Status.COLLECTED, 1, True),
    ],
)
def test_the_desk_asks_for_what_is_to_come_back(
    workshop: Client,
    alice: User,
    wren: User,
    violin: Piece,
    status: Status,
    days: int,
    is_late: bool,
) -> None:
    ticket = make_ticket(alice)
    lent(violin, ticket, wren, days)
    ServiceTicket.objects.update(status=status)

    assert ServiceTicket.objects.with_late_loans().exists() == is_late
    assert ("loan item is to come back" in workshop.get("/admin/").text) == is_late
    Loan.objects.update(returned_at=timezone.now())
    assert not ServiceTicket.objects.with_late_loans().exists()


def test_staff_make_loan_items_of_pieces(client: Client, sam: User) -> None:
    client.force_login(sam)
    piece = make_item().pieces.get()
    for name, is_for_loan in (("for_loan", True), ("not_for_loan", False)):
        client.post("/admin/store/piece/", {"action": name, "_selected_action": [piece.pk]})
        piece.refresh_from_db()
        assert bool(piece.for_loan_since) == is_for_loan
