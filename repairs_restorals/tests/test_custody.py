"""Where things of customers are, as of any day, and what they are worth together."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from repairs_restorals.custody import cells_of, in_house, keep, last_of, sums_of
from repairs_restorals.merging import merge_tickets
from repairs_restorals.models import Custody, ServiceTicket, Status
from repairs_restorals.services import transition_ticket, undo_collected
from repairs_restorals.tests.board_steps import act, page_of
from repairs_restorals.tests.factories import SITE, make_ticket

pytestmark = pytest.mark.django_db
LIST = "/admin/repairs_restorals/serviceticket/in-house/"


def said(ticket: ServiceTicket, days_ago: int, place: str, value: str | None = None) -> None:
    kept = keep(
        ticket_id=ticket.pk, place=place, value=Decimal(value) if value else None, actor=None
    )
    assert kept
    at = timezone.now() - timedelta(days=days_ago)
    Custody.objects.filter(pk=kept.pk).update(at=at)


def day(ago: int) -> date:
    return timezone.localdate() - timedelta(days=ago)


def test_the_list_is_as_of_any_day(alice: User) -> None:
    violin, clock = make_ticket(alice), make_ticket(alice)
    said(violin, 10, "shelf B3", "900")
    said(clock, 8, "safe", "2500.50")
    said(violin, 5, "with the gilder")
    said(clock, 2, "")

    found = {
        ago: [(str(thing), thing.value) for thing in in_house(day(ago))] for ago in (11, 9, 6, 0)
    }
    assert found[11] == []
    assert found[9] == [("shelf B3", Decimal(900))]
    assert found[6] == [("safe", Decimal("2500.50")), ("shelf B3", Decimal(900))]
    assert found[0] == [("with the gilder", Decimal(900))]
    assert sums_of(in_house(day(6))) == {"EUR": Decimal("3400.50")}


def test_a_day_ends_at_midnight_by_the_shops_clock(alice: User) -> None:
    said(make_ticket(alice), 0, "safe")
    before = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    Custody.objects.update(at=before)

    assert in_house(day(0)).count() == 1
    assert in_house(day(1)).count() == 0
    [row] = cells_of(in_house(day(0)))
    assert day(0) in row


def test_staff_say_it_on_the_ticket(workshop: Client, alice: User, wren: User) -> None:
    ticket = make_ticket(alice)
    assert "Nobody has said yet whether it is here." in workshop.get(page_of(ticket)).text
    for _twice in range(2):
        act(workshop, ticket, "custody", place="shelf B3", value="1.250,00")

    kept = ticket.custody.get()
    assert (kept.place, kept.value, kept.actor) == ("shelf B3", Decimal(1250), wren)
    act(workshop, ticket, "custody", left="on")
    assert not in_house(day(0))
    assert ticket.custody.count() == 2


def test_what_is_said_stays(alice: User) -> None:
    ticket = make_ticket(alice)
    said(ticket, 1, "safe")
    kept = ticket.custody.get()
    kept.place = "elsewhere"

    with pytest.raises(TypeError):
        kept.save()


def test_work_and_collection_say_it_too(alice: User, wren: User) -> None:
    ticket = make_ticket(alice, status=Status.APPROVED)
    for step in (Status.IN_PROGRESS, Status.READY):
        transition_ticket(ticket_id=ticket.pk, to=step, actor=wren, site=SITE)
    assert [str(each) for each in ticket.custody.all()] == ["workshop"]

    transition_ticket(ticket_id=ticket.pk, to=Status.COLLECTED, actor=wren, site=SITE)
    assert not in_house(day(0))
    undo_collected(ticket_id=ticket.pk, actor=wren)
    assert in_house(day(0)).count() == 1


def test_a_cancelled_thing_is_still_here(alice: User, wren: User) -> None:
    ticket = make_ticket(alice)
    said(ticket, 1, "safe")
    transition_ticket(ticket_id=ticket.pk, to=Status.CANCELLED, actor=wren, site=SITE)

    assert in_house(day(0)).count() == 1


def test_one_thing_of_two_tickets_is_counted_once(alice: User, wren: User) -> None:
    kept, other = make_ticket(alice), make_ticket(alice)
    said(kept, 2, "safe", "100")
    said(other, 1, "shelf", "100")
    merge_tickets(into=kept.pk, others=[other.pk], actor=wren, site=SITE)

    assert [thing.ticket for thing in in_house(day(0))] == [kept]


def test_the_page_names_sums_and_what_is_not_known(workshop: Client, alice: User) -> None:
    said(make_ticket(alice, title="Violin"), 3, "safe", "900")
    said(make_ticket(alice, title="=1+1"), 3, "shelf")
    unknown = make_ticket(alice, title="Zither")

    page = workshop.get(LIST).text
    assert "€900.00" in page
    assert "The value of 1 of them is not said, and not in the sum." in page
    assert f"{unknown}" in page
    past = workshop.get(LIST, {"day": day(4).isoformat()}).text
    assert "Violin" not in past
    file = b"".join(workshop.get(LIST, {"day": day(0).isoformat(), "csv": "yes"})).decode()
    assert "Violin,,Alice,submitted,safe," in file
    assert ",=1+1," not in file
    assert "Nobody knows that yet." in workshop.get(LIST, {"day": day(-1).isoformat()}).text


def test_strangers_do_not_see_the_list(client: Client, alice: User) -> None:
    client.force_login(alice)

    assert client.get(LIST).status_code == 302


def test_what_is_taken_in_is_here(workshop: Client) -> None:
    typed = {"name": "Walter", "phone": "030 1234", "title": "Lute", "description": "It buzzes."}
    page = "/admin/repairs_restorals/serviceticket/add/"
    form = workshop.get(page).context["form"]
    key = form["idempotency_key"].value()
    workshop.post(
        page, {**typed, "kind": "repair", "value": "300", "place": "", "idempotency_key": key}
    )

    kept = last_of(ServiceTicket.objects.get())
    assert kept
    assert (kept.place, kept.value) == ("counter", Decimal(300))
