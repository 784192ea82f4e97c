from typing import TYPE_CHECKING, Self

from django.db import models

from accounts.models import User
from accounts.postal import IS_UNKNOWN
from store.models.order_stage import IN_HAND, OVER, OrderStage, stage_in_query

if TYPE_CHECKING:
    from store.models.order import Order  # noqa: F401

# `Order.Delivery.SHIP`, as it is written down.
SHIP = "ship"


class OrderQuerySet(models.QuerySet["Order"]):
    def for_customer(self, user: User) -> Self:
        return self.filter(customer=user)

    def of_unknown_country(self) -> Self:
        """Those still to be sent of which nobody knows where to: some name is all there is."""
        return self.filter(IS_UNKNOWN, delivery=SHIP, state__in=IN_HAND)

    def at_stage(self, *stages: OrderStage) -> Self:
        found = self.alias(now_at=stage_in_query()).filter(now_at__in=stages)
        if OVER & {*stages}:
            return found
        # All that is over is left out first: an index finds the rest.
        return found.filter(state__in=IN_HAND)
