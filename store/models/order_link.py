from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Q

from accounts.linked import HiddenLinkMixin
from accounts.models import ERASED
from store.models.order_stage import OrderStage

if TYPE_CHECKING:
    from store.models.order import Order

# What `store.erasing` leaves. A dash for a name is not enough: somebody may have typed one.
IS_ERASED = Q(name=ERASED, email="", customer=None)
OVER = [OrderStage.SHIPPED, OrderStage.COLLECTED, OrderStage.TAKEN_BACK, OrderStage.CANCELLED]


class OrderLinkMixin(HiddenLinkMixin):
    """The link of an order: to look at it and to pay it, see `accounts.linked`."""

    POWER = "order"

    class Meta:
        abstract = True

    @property
    def linked_since(self) -> datetime:
        return cast("Order", self).placed_at

    @property
    def ended_at(self) -> datetime | None:
        """When it was sent, collected, or ended otherwise: what is over was paid before."""
        order = cast("Order", self)
        if order.stage not in OVER or order.owed_since:
            return None
        last = order.events.order_by("pk").last()
        return last.at if last else order.placed_at

    @property
    def is_erased(self) -> bool:
        """The same as `IS_ERASED`."""
        order = cast("Order", self)
        return order.name == ERASED and not order.email and order.customer_id is None

    def belongs_to(self, user: Any) -> bool:
        order = cast("Order", self)
        return order.customer_id is not None and order.customer_id == user.pk

    @property
    def link_owner(self) -> Any:
        return self

    @property
    def link_address(self) -> str:
        return cast("Order", self).get_absolute_url()

    @property
    def state_in_words(self) -> str:
        return str(cast("Order", self).stage.label)
