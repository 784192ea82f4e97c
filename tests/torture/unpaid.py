"""Row 28: guests order whatever they can by transfer. Rounds are the orders that each way tries.

Nobody needs to be in a hurry for this: it is played without a server.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from unittest.mock import patch

from django.conf import settings
from django.db.models.functions import Now
from django.test import Client, override_settings

from bag.models import RateLimit
from store.models import NO_HOLD, Item, Order, OrderStage
from store.unconfirmed import held_for_orders
from tests.torture import invariants
from tests.torture.buyers import Answer, checkout_form
from tests.torture.run import Result, Run
from tests.torture.shop import put_on_sale

PROMISE = "28 Nobody empties the shop unpaid"
# What one person may have ordered unpaid; from one network three times as much.
OF_ONE = 1
OF_A_NETWORK = 3
# Pieces in all orders that wait to be confirmed.
OF_STRANGERS = 2
SETTINGS = {
    "CONFIRM_MINUTES": 60,
    "UNPAID_ORDERS": OF_ONE,
    "UNCONFIRMED_PIECES": OF_STRANGERS,
    "ORDERS_PER_HOUR_PER_ADDRESS": 1_000_000,
    "HOLDS_PER_HOUR_PER_ADDRESS": 1_000_000,
}
HONEST = "honest@example.com"


def play(run: Run) -> Iterator[Result]:
    yield attacked(run)
    with ExitStack() as without:
        placing, confirming = "invoices.orders.placing", "invoices.orders.confirming"
        without.enter_context(patch(f"{placing}.check_unpaid", lambda order: None))
        without.enter_context(patch(f"{confirming}.are_too_many", lambda: False))
        yield attacked(run)._replace(control=True)


def attacked(run: Run) -> Result:
    invariants.clear()
    RateLimit.objects.all().delete()
    with override_settings(**SETTINGS):
        siege = Siege(run)
        siege.begin()
        found = siege.found()
    figure = (
        f"{run.rounds} orders each: {found['network']} of {OF_A_NETWORK} from one address, "
        f"{found['person']} of {OF_ONE} of one mailbox, {found['strangers']} of {OF_STRANGERS} "
        f"pieces kept for strangers; honest: {found['refused']} refused"
    )
    invariants.clear()
    held = (
        found["network"] <= OF_A_NETWORK
        and found["person"] <= OF_ONE
        and found["strangers"] <= OF_STRANGERS
        and not found["refused"]
    )
    return Result(PROMISE, figure, held)


def from_address(address: str) -> Client:
    """A visitor without cookies, whether or not a proxy of ours stands in front."""
    return Client(REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR=address)


class Siege:
    """Each order is a new visitor's, of one thing."""

    def __init__(self, run: Run) -> None:
        self.rounds = run.rounds
        # Of somebody who was here before, and has followed a link.
        self.honest = from_address("6.6.6.6")
        [known] = put_on_sale(items=1, pieces=1)
        order(known, self.honest, HONEST)
        Order.objects.update(reached_at=Now(), state=Order.State.CANCELLED)
        known.pieces.update(**NO_HOLD)
        self.things = put_on_sale(items=3 * run.rounds + 1, pieces=1)
        self.told: Counter[str] = Counter()

    def begin(self) -> None:
        for number in range(self.rounds):
            for name, address, email in (
                ("network", "9.9.9.9", f"n{number}@example.com"),
                ("person", f"8.8.8.{number}", "one@example.com"),
                ("stranger", f"7.7.{number}.7", f"s{number}@example.com"),
            ):
                self.told[name] += order(self.things.pop(), from_address(address), email)
        self.told["refused"] += not order(self.things.pop(), self.honest, HONEST)

    def found(self) -> Counter[str]:
        """With what is held longer than any bag would have held it."""
        bound = held_for_orders().filter(held_until__gt=Now() + 2 * settings.HOLD_FOR).count()
        honest = Order.objects.filter(email=HONEST).at_stage(OrderStage.TRANSFER)
        assert honest.count() + self.told["refused"] == 1
        return self.told + Counter(strangers=bound)


def order(thing: Item, visitor: Client, email: str) -> bool:
    visitor.post(f"/bag/add/{thing.pk}/", {"quantity": 1})
    page = visitor.get("/checkout/")
    form = checkout_form(Answer(page.status_code, "", page.content.decode()))
    answer = visitor.post("/checkout/", {**form, "email": email})
    return answer.status_code == 302 and answer["Location"].startswith("/orders/")
