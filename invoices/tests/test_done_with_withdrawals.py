"""A closed ticket is done with only when no withdrawal from it is left to be seen to."""

import pytest
from django.db.models.functions import Now
from django.test import Client

from accounts.models import User
from invoices.models import Withdrawal
from repairs_restorals.models import Status
from repairs_restorals.tests.board_steps import page_of
from repairs_restorals.tests.factories import make_ticket

pytestmark = pytest.mark.django_db
DONE = "Nothing more is to be done for this ticket."


def test_beside_an_open_withdrawal_a_ticket_is_not_done(
    client: Client, wren: User, alice: User
) -> None:
    ticket = make_ticket(alice, status=Status.COLLECTED)
    client.force_login(wren)
    assert DONE in client.get(page_of(ticket)).text

    said = {"name": "Ann", "contract": str(ticket), "email": "ann@example.com", "site": ""}
    Withdrawal.objects.create(ticket=ticket, proven_by="account", **said)
    assert DONE not in client.get(page_of(ticket)).text

    Withdrawal.objects.update(closed_at=Now(), answer="done")
    assert DONE in client.get(page_of(ticket)).text
