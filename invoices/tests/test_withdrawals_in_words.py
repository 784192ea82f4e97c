"""What the pages of a withdrawal say of days and money."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate

from accounts.models import User
from invoices.models import Invoice, Payment
from invoices.tests.admin_steps import cash
from invoices.tests.test_withdrawals_carried_out import link, paid_order, went_out
from invoices.tests.test_withdrawing import withdraw
from invoices.withdrawals.next_steps import next_steps
from invoices.withdrawals.standing import Standing, standing_of

pytestmark = [pytest.mark.django_db, pytest.mark.many_acts]


def test_days_are_written_for_people(client: Client, sam: User) -> None:
    declared = withdraw(client, link(paid_order()))
    client.force_login(sam)

    page = client.get(reverse("admin:invoices_withdrawal_change", args=[declared.pk])).text
    assert date_format(localdate(declared.refund_due_at), "DATE_FORMAT") in page
    assert "+00:00" not in page


def test_money_that_went_back_is_not_announced(client: Client) -> None:
    declared = withdraw(client, link(paid_order()))
    assert "at the latest" in " ".join(next_steps(declared))

    Payment.objects.create(invoice=Invoice.objects.get(order=declared.order), **cash("-120"))
    declared.refresh_from_db()
    assert standing_of(declared) == Standing.DONE
    assert next_steps(declared)[-1] == "Whatever you had paid for it has been sent back to you."


def test_both_pages_of_an_order_name_what_was_withdrawn(client: Client, sam: User) -> None:
    order = went_out(paid_order(pieces=2))
    line = order.lines.earliest("pk")
    declared = withdraw(client, link(order), lines=[line.pk])

    page = client.get(order.get_absolute_url()).text
    assert declared.get_absolute_url() in page
    assert "send the things back" in page
    client.force_login(sam)
    page = client.get(reverse("admin:store_order_change", args=[order.pk])).text
    assert reverse("admin:invoices_withdrawal_change", args=[declared.pk]) in page
    assert "the things are to come back" in page
    assert "Nothing more is to be done" not in page
