"""Whose turn a ticket is, is said alike wherever it is said."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.models import User
from accounts.tests.factories import mails_sent
from repairs_restorals.models import ServiceTicket, Status
from repairs_restorals.models.stages import ANSWER, DEPOSIT, STAGES, Stage
from repairs_restorals.services import transition_ticket, write_message
from repairs_restorals.tests.board_steps import BOARD, page_of
from repairs_restorals.tests.factories import SITE, make_ticket

pytestmark = pytest.mark.django_db
BY_HAND = [
    (Status.SUBMITTED, Status.ASSESSING),
    (Status.APPROVED, Status.IN_PROGRESS),
    (Status.IN_PROGRESS, Status.READY),
    (Status.READY, Status.COLLECTED),
    (Status.SUBMITTED, Status.CANCELLED),
]


def said(pages: list[Any], sentence: str) -> set[str]:
    """Which of the sentences that a stage may have stand on pages that say one of them."""
    every = {str(getattr(stage, sentence)) for stage in [*STAGES.values(), DEPOSIT, ANSWER]}
    found = [{each for each in every if each and escape(each) in page} for page in pages]
    assert all(len(each) == 1 for each in found), found
    return set.union(*found)


def pages(client: Client, user: User, *addresses: str) -> list[str]:
    client.force_login(user)
    return [client.get(address).content.decode() for address in addresses]


def assert_said_everywhere(
    client: Client, customer: User, staff: User, ticket: ServiceTicket, stage: Stage
) -> None:
    status = reverse("repairs:status", args=[ticket.status_secret])
    for_customer = [ticket.get_absolute_url(), reverse("repairs:ticket-list"), status]
    for_staff = [f"{BOARD}?state=any", page_of(ticket)]

    read = {ticket.awaits_for_customer.for_customer}
    assert said(pages(client, customer, *for_customer), "for_customer") == read
    if stage.for_staff:
        assert said(pages(client, staff, *for_staff), "for_staff") == {stage.for_staff}
    assert ticket.awaits == ServiceTicket.objects.with_awaits().get(pk=ticket.pk).awaits == stage


@pytest.mark.parametrize("status", Status)
def test_a_stage_is_said_alike(client: Client, alice: User, wren: User, status: Status) -> None:
    ticket = make_ticket(alice, status=status, title="Zither", description="Hums.")

    assert ticket.awaits_for_customer == STAGES[status]
    assert_said_everywhere(client, alice, wren, ticket, STAGES[status])


@pytest.mark.parametrize(
    ("status", "read"),
    [
        (Status.SUBMITTED, ANSWER),
        (Status.IN_PROGRESS, ANSWER),
        # A question of theirs does not hide from customers what they have to do themselves.
        (Status.QUOTED, STAGES[Status.QUOTED]),
        (Status.READY, STAGES[Status.READY]),
    ],
)
def test_an_unanswered_word_of_the_customer_comes_first(
    client: Client, alice: User, wren: User, status: Status, read: Stage
) -> None:
    ticket = make_ticket(alice, status=status, title="Zither", description="Hums.")
    write_message(ticket_id=ticket.pk, author=alice, body="When?", site=SITE)

    assert ticket.awaits_for_customer == read
    assert_said_everywhere(client, alice, wren, ticket, ANSWER)


def test_a_note_among_staff_answers_nobody(alice: User, wren: User) -> None:
    ticket = make_ticket(alice)
    write_message(ticket_id=ticket.pk, author=alice, body="When?", site=SITE)
    write_message(
        ticket_id=ticket.pk, author=wren, body="?", site=SITE, from_workshop=True, internal=True
    )

    assert ticket.awaits == ANSWER


@pytest.mark.parametrize(("before", "to"), BY_HAND)
def test_the_mail_about_a_stage_says_what_it_is(
    alice: User, wren: User, before: Status, to: Status
) -> None:
    ticket = make_ticket(alice, status=before)
    transition_ticket(ticket_id=ticket.pk, to=to, actor=wren, site=SITE, note="As agreed.")

    [mail] = mails_sent()
    news = {str(stage.news) for stage in STAGES.values() if stage.news}
    assert [each for each in news if each in str(mail.body)] == [STAGES[to].news]
