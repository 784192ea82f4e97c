"""What pages of items say about bags and requests, which the store does not know."""

from bag.asked.models import ShippingRequest
from store.models import Item
from store.panels import PANELS, Panel

PANELS[Item, "buy"] = Panel("bag/_on_item_page.html", lambda item: {"item": item})
# To staff.
PANELS[Item, "asked"] = Panel(
    "admin/bag/asked_on_item.html",
    lambda item: {"requests": ShippingRequest.objects.unanswered().filter(item=item.pk)},
)
