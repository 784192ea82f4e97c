"""A ticket that waits for parts: for staff, for its customer, and until they are here."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from accounts.tests.factories import mails_sent
from repairs_restorals.models import ServiceTicket, Status
from repairs_restorals.services import transition_ticket
from repairs_restorals.tests.board_steps import act, action, page_of
from repairs_restorals.tests.factories import SITE, make_ticket

pytestmark = pytest.mark.django_db
WAITS = "Our turn: we wait for parts"


@pytest.fixture
def mended(alice: User) -> ServiceTicket:
    return make_ticket(alice, status=Status.IN_PROGRESS, title="Violin")


def status_page(client: Client, ticket: ServiceTicket) -> str:
    return client.get(reverse("repairs:status", args=[ticket.status_secret])).text


def test_the_customer_reads_when_parts_are_expected(
    workshop: Client, client: Client, mended: ServiceTicket
) -> None:
    day = timezone.localdate() + timedelta(days=9)
    act(workshop, mended, "parts", expected_on=day.isoformat())

    page = status_page(client, mended)
    assert f"{WAITS}, expected on {date_format(day)}" in page
    assert f"waits for parts, expected on {date_format(day)}" in page
    assert list(ServiceTicket.objects.for_parts()) == [mended]
    assert not mails_sent()


def test_one_click_undoes_it(workshop: Client, client: Client, mended: ServiceTicket) -> None:
    act(workshop, mended, "parts", expected_on="")
    assert WAITS in status_page(client, mended)
    assert "The parts are here" in workshop.get(page_of(mended)).text

    act(workshop, mended, "arrived")
    act(workshop, mended, "arrived")

    assert WAITS not in status_page(client, mended)
    assert [event.kind for event in mended.events.order_by("pk")] == ["parts", "parts_here"]


def test_whoever_changes_the_day_waits_no_shorter(workshop: Client, mended: ServiceTicket) -> None:
    act(workshop, mended, "parts", expected_on="")
    mended.refresh_from_db()
    since = mended.parts_awaited_since
    act(workshop, mended, "parts", expected_on=timezone.localdate().isoformat())

    mended.refresh_from_db()
    assert (mended.parts_awaited_since, mended.parts_expected_on) == (since, timezone.localdate())


def test_what_is_ready_waits_for_no_parts(
    workshop: Client, wren: User, mended: ServiceTicket
) -> None:
    act(workshop, mended, "parts", expected_on="")
    transition_ticket(ticket_id=mended.pk, to=Status.READY, actor=wren, site=SITE)

    answer = act(workshop, mended, "parts", expected_on="")

    assert "It is not in work: it waits for no parts." in answer.text
    assert not ServiceTicket.objects.for_parts().exists()


def test_a_day_that_is_over_is_refused(workshop: Client, mended: ServiceTicket) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    answer = act(workshop, mended, "parts", expected_on=yesterday.isoformat())

    assert "This day is over." in answer.text
    assert not ServiceTicket.objects.for_parts().exists()


@pytest.mark.parametrize("status", [Status.QUOTED, Status.READY])
def test_what_is_the_customers_to_do_comes_first(alice: User, status: Status) -> None:
    ticket = make_ticket(alice, status=status, parts_awaited_since=timezone.now())

    assert "parts" not in str(ticket.stage.for_customer)


def test_shop_staff_do_not_say_it(client: Client, sam: User, mended: ServiceTicket) -> None:
    client.force_login(sam)

    assert client.post(action(mended, "parts"), {}).status_code == 403
    assert "It waits for parts" not in client.get(page_of(mended)).text
