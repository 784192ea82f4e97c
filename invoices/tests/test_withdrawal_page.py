"""What the page of a withdrawal says to staff."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from invoices.models import Withdrawal
from invoices.tests.test_withdrawing import withdraw
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db
ASKED = "the contract’s mailbox is asked"
TO_ASK = "to be asked: is it from the customer of this contract?"


@pytest.fixture
def declared(client: Client, sam: User) -> Withdrawal:
    """By a stranger; and a clerk is logged in."""
    found = withdraw(Client(), contract=f"{make_order(make_item())}")
    client.force_login(sam)
    return found


def page_of(client: Client, withdrawal: Withdrawal) -> str:
    return client.get(f"/admin/invoices/withdrawal/{withdrawal.pk}/change/").text


def test_it_has_no_row_that_says_nothing_yet(client: Client, declared: Withdrawal) -> None:
    page = page_of(client, declared)

    for said in ("How it stands", "Money is to be back until", f"{declared.order}"):
        assert said in page
    for silent in ("Ticket:", "Said to be theirs", "Known by", "Seal:", "Came back", "Handled by"):
        assert silent not in page


def test_no_mailbox_is_asked_where_no_mail_goes(
    client: Client, declared: Withdrawal, settings: Settings
) -> None:
    assert ASKED in page_of(client, declared)

    settings.EMAIL_BACKEND = "mail.unsent.EmailBackend"
    page = page_of(client, declared)
    assert TO_ASK in page
    assert ASKED not in page
