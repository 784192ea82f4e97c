"""A discount on an order that is not billed yet; on work it is a line of the quote."""

from decimal import Decimal

from django.db import transaction

from accounts.models import User
from invoices.documents.drafts import write_order_lines
from invoices.exceptions import NothingToPay, TooMuch
from invoices.locking import lock_version
from invoices.mail.orders import notify_about_order
from invoices.models import Invoice, InvoiceEvent
from money.filters import money


def is_discountable(invoice: Invoice) -> bool:
    """Whether it is the draft of an order of which something is left to pay."""
    return bool(invoice.order and invoice.is_draft and not invoice.is_void and invoice.balance > 0)


@transaction.atomic
def give_discount(
    *, invoice_id: int, version: str, discount: Decimal, reason: str, actor: User
) -> Invoice:
    """Write what the things of an order cost less, in place of an earlier discount, and mail it:
    whoever was told another sum would pay that.

    Raises NothingToPay, VersionChanged, and TooMuch for what would leave nothing to pay: that is
    another way of giving it away.
    """
    invoice = lock_version(invoice_id, version)
    order = invoice.order
    if order is None or not is_discountable(invoice):
        raise NothingToPay
    more = discount - order.discount
    if discount < 0 or discount > order.goods_total or more >= invoice.balance:
        raise TooMuch
    order.discount, order.discount_reason = discount, reason
    order.save(update_fields=["discount", "discount_reason"])
    write_order_lines(invoice, order)
    note = f"{money(-discount, order.currency)}, {reason}"
    invoice.record_event(InvoiceEvent.Kind.BILLED, actor, note)
    notify_about_order(order.pk, "discount", invoice.site)
    return invoice
