"""Keys to one thing that is done with an order: they stand in mails to its address alone."""

from accounts.links import dated_link, read_link
from store.models import Order
from typed.languages import reverse_in

CANCEL, OTHERWISE = "cancel order", "pay order otherwise"
# How many days a mailed key is good.
KEY_DAYS = 2


def cancel_path(order: Order) -> str:
    key = key_of(CANCEL, order)
    return reverse_in(order.language, "invoices:cancel-by-mail", order.link, key)


def otherwise_path(order: Order) -> str:
    key = key_of(OTHERWISE, order)
    return reverse_in(order.language, "invoices:otherwise-by-mail", order.link, key)


def key_of(power: str, order: Order) -> str:
    return dated_link(power, order.pk, str(order.nonce))


def opens(key: str, power: str, order: Order) -> bool:
    link = read_link(key)
    if link is None or link.pk != order.pk or link.age > KEY_DAYS:
        return False
    return link.opens(power, str(order.nonce))
