"""What the page of an item says about the visitor's bag, which the store does not know."""

from store.models import Item
from store.panels import PANELS, Panel

PANELS[Item, "buy"] = Panel("bag/_on_item_page.html", lambda item: {"item": item})
