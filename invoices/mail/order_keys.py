"""Keys to one thing that is done with an order: they stand in mails to its address alone."""

from django.urls import reverse

from accounts.links import dated_link, read_link
from store.models import Order

CANCEL, OTHERWISE = "cancel order", "pay order otherwise"
# How many days a mailed key is good.
KEY_DAYS = 2


def cancel_path(order: Order) -> str:
    return reverse("invoices:cancel-by-mail", args=[order.link, key_of(CANCEL, order)])


def otherwise_path(order: Order) -> str:
    return reverse("invoices:otherwise-by-mail", args=[order.link, key_of(OTHERWISE, order)])


def key_of(power: str, order: Order) -> str:
    return dated_link(power, order.pk, str(order.nonce))


def opens(key: str, power: str, order: Order) -> bool:
    link = read_link(key)
    if link is None or link.pk != order.pk or link.age > KEY_DAYS:
        return False
    return link.opens(power, str(order.nonce))
