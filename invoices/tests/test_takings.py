"""Today's takings, and this month against the last."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from invoices.books.takings import Month, Takings, takings_for
from invoices.day_close.figures import Taking
from invoices.models import Payment
from invoices.tests.admin_steps import cash, make_invoice

pytestmark = pytest.mark.django_db


def take(amount: str, day: date, method: str = "cash") -> None:
    values = {**cash(amount), "received_on": day, "method": method}
    Payment.objects.create(invoice=make_invoice(issued=False), **values)


def found(user: User) -> Takings:
    takings = takings_for(user)
    assert takings
    return takings


def test_today_by_way_of_payment_less_what_went_back(sam: User) -> None:
    today = timezone.localdate()
    for amount, method in (("50", "cash"), ("-20", "cash"), ("7.50", "terminal")):
        take(amount, today, method)
    take("999", today - timedelta(days=70))

    of_today = {each.method: each.amount for each in found(sam).today}
    assert of_today == {"cash": Decimal(30), "card, at the shop": Decimal("7.50")}


def test_this_month_is_set_against_the_last_one(sam: User) -> None:
    today = timezone.localdate()
    first = today.replace(day=1)
    last = first - timedelta(days=1)
    take("10", today)
    take("5", first)
    take("100", last)
    take("1", last.replace(day=1))
    takings = found(sam)

    assert takings.this_month.total == Decimal(15)
    assert takings.last_month.total == Decimal(101)
    assert takings.then == (Decimal(1) if today.day < last.day else Decimal(101))
    assert takings.last_month.sums[0] == Decimal(1)


def test_the_picture_has_room_for_all_sums() -> None:
    month = Month(date(2026, 5, 1), [Decimal(each) for each in (-5, 0, 50, 100)])
    lines = Takings([], month, Month(date(2026, 4, 1), [Decimal(0)] * 30), Decimal(0)).lines

    assert lines["this"] == "0,80 10,80 20,40 30,0"
    assert lines["last"].endswith("290,80")


def test_who_may_not_see_payments_is_told_of_none(client: Client, wren: User) -> None:
    take("50", timezone.localdate())
    client.force_login(wren)
    assert "Today’s takings" in client.get("/admin/").text

    wren.groups.clear()
    assert "Today’s takings" not in client.get("/admin/").text


def test_payments_that_only_went_back_are_no_part_of_others() -> None:
    given_back = Taking(method="cash", currency="EUR", number=1, came=Decimal(0), went=Decimal(-48))
    assert given_back.words == "1 payment went back"
    assert given_back._replace(number=3, came=Decimal(90)).words == (
        "3 payments, €48.00 of it went back"
    )
