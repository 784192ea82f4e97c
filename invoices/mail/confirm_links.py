"""The link that confirms an order: it stands in the mail to its address, and on no page."""

from django.core.signing import BadSignature, Signer

from store.models import Order
from typed.languages import reverse_in

SALT = "invoices.confirm_order"


def confirm_path(order: Order) -> str:
    return reverse_in(order.language, "invoices:confirm", token_of(order))


def token_of(order: Order, email: str = "") -> str:
    """Good for this order and its address, or another one, and as long as the order waits."""
    return f"{order.pk}-{Signer(salt=SALT).signature(signed_part(order, email))}"


def signed_part(order: Order, email: str = "") -> str:
    return f"{order.pk} {email or order.email}"


def order_of(token: str) -> Order | None:
    """Whose link this is; None when it is nobody's."""
    pk, _dash, signature = token.partition("-")
    if not pk.isdecimal() or len(pk) > 18:
        return None
    if order := Order.objects.filter(pk=int(pk)).first():
        try:
            Signer(salt=SALT).unsign(f"{signed_part(order)}:{signature}")
        except BadSignature:
            return None
    return order
