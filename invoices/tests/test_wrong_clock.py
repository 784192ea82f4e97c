"""A guest's order at a machine whose clock is wrong: what counts is the database's."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from invoices.orders.jobs import end_unconfirmed_orders
from invoices.tests.test_confirming import let_time_end, link_in_mail, order_to_confirm
from store.models import Order, OrderStage

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

true_now = timezone.now


@pytest.fixture(autouse=True, params=[-2, 2], ids=["slow", "fast"])
def _wrong_clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is two hours behind, or ahead."""
    monkeypatch.setattr(timezone, "now", lambda: true_now() + timedelta(hours=request.param))


@pytest.fixture
def asked(client: Client, settings: Settings) -> Order:
    return order_to_confirm(client, settings)


def is_now(time: datetime) -> bool:
    return abs(time - true_now()) < timedelta(minutes=1)


def test_it_waits_for_an_hour_and_no_longer(asked: Order) -> None:
    assert is_now(asked.placed_at)
    assert asked.stage == OrderStage.UNCONFIRMED

    let_time_end(asked)
    assert Order.objects.get().stage == OrderStage.LAPSED
    assert end_unconfirmed_orders() == 1
    assert is_now(asked.events.get().at)


def test_its_link_is_good_all_the_while(client: Client, asked: Order) -> None:
    client.post(link_in_mail())

    assert Order.objects.get().stage == OrderStage.TRANSFER
