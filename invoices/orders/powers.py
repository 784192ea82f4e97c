"""Who may do more with an order than look at it and pay it, which takes its address alone."""

from django.http import HttpRequest

from accounts.models import User
from bag.session import Bag
from invoices.mail.order_keys import opens
from store.models import Order


def may_act(request: HttpRequest, order: Order, power: str, key: str) -> bool:
    """The account, the browser that has placed it, the right of staff, or a mailed key."""
    user = request.user
    if isinstance(user, User) and (order.customer_id == user.pk or is_clerk(user)):
        return True
    return Bag(request).key == order.bag_key or opens(key, power, order)


def is_clerk(user: User) -> bool:
    return user.is_staff and user.has_perm("store.change_order")
