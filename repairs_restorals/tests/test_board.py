from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Customer, User
from accounts.tests.factories import make_user
from repairs_restorals.models import ServiceTicket, Status, TicketEvent
from repairs_restorals.quote_services import send_quote
from repairs_restorals.services import transition_ticket, write_message
from repairs_restorals.tests.board_steps import BOARD, page_of
from repairs_restorals.tests.factories import SITE, make_photo, make_quote, make_ticket
from store.models import Item

LONG_AGO = timedelta(days=8)
TODAY = timezone.localdate


def found(client: Client, **query: str) -> list[ServiceTicket]:
    page = client.get(BOARD, query)
    assert page.status_code == 200
    return list(page.context["cl"].result_list)


def make_old(ticket: ServiceTicket) -> None:
    when = Now() - LONG_AGO
    ServiceTicket.objects.filter(pk=ticket.pk).update(touched_at=when, created_at=when)
    TicketEvent.objects.filter(ticket=ticket).update(at=when)
    ticket.quotes.exclude(sent_at=None).update(sent_at=when)


def test_the_board_shows_what_is_open(workshop: Client) -> None:
    open_ = make_ticket()
    make_ticket(status=Status.COLLECTED)
    cancelled = make_ticket(status=Status.CANCELLED)

    assert found(workshop) == [open_]
    assert found(workshop, state="cancelled") == [cancelled]
    assert len(found(workshop, state="any")) == 3
    assert found(workshop, state="nonsense") == [open_]


def test_a_row_tells_what_is_awaited_and_since_when(workshop: Client, alice: User) -> None:
    ticket = make_ticket(alice, due_on=TODAY() - timedelta(days=1))
    photo = make_photo(ticket)
    make_old(ticket)

    text = workshop.get(BOARD).content.decode()

    for part in (ticket.reference, "Alice", "submitted", "for 1\xa0week", "our first look"):
        assert part in text
    assert '<strong class="overdue">overdue</strong>' in text
    assert f'/photos/{photo.pk}/thumb.jpg"' in text


def test_a_customer_who_wrote_last_waits_for_an_answer(
    workshop: Client, wren: User, ticket: ServiceTicket
) -> None:
    said: dict[str, Any] = {"ticket_id": ticket.pk, "body": "Hello?", "site": SITE}
    write_message(author=ticket.customer, **said)
    page = reverse("admin:repairs_restorals_serviceticket_change", args=[ticket.pk])
    assert b"our answer" in workshop.get(BOARD).content
    assert b"our answer" in workshop.get(page).content

    write_message(author=wren, from_workshop=True, internal=True, **said)
    assert b"our answer" in workshop.get(BOARD).content

    write_message(author=wren, from_workshop=True, **said)
    assert b"our answer" not in workshop.get(BOARD).content


@pytest.mark.on_both
def test_attention_untouched(workshop: Client) -> None:
    old, _, closed = make_ticket(), make_ticket(), make_ticket(status=Status.CANCELLED)
    make_old(old)
    make_old(closed)

    assert found(workshop, attention="untouched") == [old]


@pytest.mark.on_both
def test_attention_unanswered(workshop: Client, wren: User) -> None:
    old, fresh, _ = make_ticket(), make_ticket(), make_ticket()
    for ticket in (old, fresh):
        send_quote(quote_id=make_quote(ticket).pk, actor=wren, site=SITE)
    make_old(old)

    assert found(workshop, attention="unanswered") == [old]


@pytest.mark.on_both
def test_attention_uncollected_counts_from_ready_whatever_is_written_since(
    workshop: Client, wren: User
) -> None:
    old, fresh = make_ticket(status=Status.IN_PROGRESS), make_ticket(status=Status.IN_PROGRESS)
    for ticket in (old, fresh):
        transition_ticket(ticket_id=ticket.pk, to=Status.READY, actor=wren, site=SITE)
    make_old(old)
    write_message(ticket_id=old.pk, author=wren, body="Please come.", site=SITE, from_workshop=True)

    assert found(workshop, attention="uncollected") == [old]


def test_attention_overdue(workshop: Client) -> None:
    late = make_ticket(due_on=TODAY() - timedelta(days=1))
    make_ticket(due_on=TODAY())
    make_ticket(due_on=TODAY() - timedelta(days=1), status=Status.READY)

    assert found(workshop, attention="overdue") == [late]


def test_mine_and_nobodys(workshop: Client, wren: User) -> None:
    mine, nobodys = make_ticket(assignee=wren), make_ticket()

    assert found(workshop, whose="mine") == [mine]
    assert found(workshop, whose="nobody") == [nobodys]


def test_search_finds_closed_tickets_too(workshop: Client, clock: Item) -> None:
    customer = make_user("zoe@example.com", name="Zoë Quill")
    Customer.objects.update_or_create(user=customer, defaults={"phone": "030 5551234"})
    piece = clock.pieces.get()
    sought = make_ticket(
        customer, title="Bassoon", serial_number="SN-77", piece=piece, status=Status.COLLECTED
    )
    make_ticket()

    reference = sought.reference
    terms = [reference, reference.lower(), f"W{sought.pk}", "zoë", "zoe@", "5551234", "030 555"]
    for term in [*terms, "sn-77", "bassoon", piece.stock_number]:
        assert found(workshop, q=term) == [sought], term


@pytest.mark.parametrize("term", ["W", "W999999999999999999999999", "W0", "W00-1", "x" * 300])
def test_a_search_for_nothing_finds_nothing(workshop: Client, term: str) -> None:
    make_ticket()
    assert found(workshop, q=term) == []


def test_the_board_takes_ten_queries_at_most(
    workshop: Client, wren: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        ticket = make_ticket(assignee=wren, due_on=TODAY())
        make_photo(ticket)
    # The first page reads the shop's name for those of the next minute.
    workshop.get(BOARD)

    with django_assert_max_num_queries(10):
        assert ticket.reference in workshop.get(BOARD).text
    with django_assert_max_num_queries(10):
        found(workshop, q="violin", attention="overdue", whose="mine")


def test_nobody_deletes_a_ticket(manager: Client, ticket: ServiceTicket) -> None:
    assert manager.post(f"{BOARD}{ticket.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [ticket.pk], "post": "yes"}
    manager.post(BOARD, chosen, follow=True)
    assert ServiceTicket.objects.filter(pk=ticket.pk).exists()


@pytest.mark.parametrize("number", ["0", "999999999999999999999999", "nonsense", "1_2f"])
def test_unknown_tickets_are_not_found(workshop: Client, number: str) -> None:
    assert workshop.get(f"{BOARD}{number}/change/").status_code == 404


def test_the_page_of_a_ticket_is_only_read(workshop: Client, ticket: ServiceTicket) -> None:
    assert workshop.post(page_of(ticket)).status_code == 405
