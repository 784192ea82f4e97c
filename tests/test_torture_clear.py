"""Between two rows the shop is emptied, at odds with nobody who is still at it."""

from contextlib import closing, suppress
from threading import Event, Thread

import psycopg2
import pytest
from django.db import DatabaseError, connection, transaction

from store.models import Item, Order
from tests.crowd import somebody_waits
from tests.processes import wait_until
from tests.test_torture import this_database
from tests.torture import invariants
from tests.torture.shop import put_on_sale

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_is_not_emptied_under_the_hands_of_a_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_sale(items=1, pieces=1)
    monkeypatch.setattr(invariants, "SECONDS_TO_END", 0.1)

    # By this name a shop's connections are told from those of this process.
    shop = psycopg2.connect(this_database(), application_name="torture")
    with closing(shop), pytest.raises(RuntimeError, match="still open"):
        invariants.clear()

    assert Item.objects.exists()


def test_who_was_left_in_the_midst_of_it_is_no_deadlock() -> None:
    """One has the orders, and wants the items when somebody else has them and waits."""
    put_on_sale(items=1, pieces=1)
    begun, ended = Event(), Event()

    def go_on() -> None:
        with suppress(DatabaseError), closing(connection), transaction.atomic():
            list(Order.objects.select_for_update())
            begun.set()
            wait_until(somebody_waits)
            list(Item.objects.select_for_update())
        ended.set()

    Thread(target=go_on).start()
    begun.wait()
    invariants.clear()

    assert ended.wait(10)
    assert not Item.objects.exists()
