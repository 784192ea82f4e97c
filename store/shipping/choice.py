"""The country that a visitor has chosen to see prices for; the checkout asks in the end."""

from typing import NamedTuple

from django.http import HttpRequest

from store.models import Item
from store.shipping.prices import Why
from store.shipping.zones import send, zones_for_pages
from typed.countries import CODES, country_name

# Where the session keeps it.
SEND_TO = "send_to"


class Delivery(NamedTuple):
    """How a thing comes to a visitor; `country` is empty in a shop with one price for all."""

    price: object = None
    why: str = ""
    country: str = ""


def chosen_country(request: HttpRequest) -> str:
    """Its code, or "" while none is chosen."""
    chosen = request.session.get(SEND_TO, "")
    return chosen if chosen in CODES else ""


def delivery_of(item: Item, request: HttpRequest) -> Delivery:
    """What sending one piece by itself costs to where this visitor is."""
    zones = zones_for_pages()
    if not zones.of_country:
        return Delivery(item.shipping, "" if item.shipping is not None else Why.COLLECTED.value)
    code = chosen_country(request) or zones.home
    sending = send([(item, 1)], code, zones)
    why = sending.refused.get(item.pk)
    return Delivery(sending.prices.get(item.pk), why.value if why else "", country_name(code))
