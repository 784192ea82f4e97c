from decimal import Decimal

from django import template
from django.db.models import Model
from django.template import Context
from django.utils.safestring import SafeString

from store.models import Order
from store.panels import Bill, left_of_total, render_panel, way_of_paying
from store.panels import bill_of as find_bill

register = template.Library()
register.simple_tag(way_of_paying)
register.simple_tag(left_of_total)


@register.simple_tag(takes_context=True)
def panel(context: Context, place: str, subject: Model) -> SafeString:
    """What an app above says about an order or ticket at a place of this page."""
    return render_panel(context, place, subject)


@register.simple_tag
def bill_of(subject: Model) -> Bill:
    """How the bill of an order or ticket stands, as whoever bills it says."""
    return find_bill(subject)


@register.simple_tag
def left_to_pay(order: Order) -> Decimal:
    """What is left to pay of an order: everything, where nobody bills it."""
    balance = find_bill(order).balance
    return order.total if balance is None else balance
