"""An order that was to be paid by card, and is paid otherwise."""

from django import forms
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from invoices.documents.drafts import invoice_of_order
from invoices.exceptions import StillPayable
from invoices.locking import lock_invoice
from invoices.mail.orders import notify_about_order
from invoices.models import Invoice
from invoices.orders.confirming import ask_to_confirm, must_be_confirmed
from invoices.orders.placing import time_to_pay
from invoices.orders.unpaid import ConfirmedTooLate, check_unpaid, take_turns
from invoices.payments.card import close_payments
from store.exceptions import TransitionNotAllowed
from store.models import Order, OrderStage, ShopProfile
from store.models.order_stage import is_past
from store.unconfirmed import unbind_pieces

CHANGED = ["payment_method", "payment_due_at", "is_unconfirmed"]


class OtherMethodForm(forms.Form):
    payment_method = forms.ChoiceField(label=_("How do you pay?"), widget=forms.RadioSelect)

    def __init__(self, *args: object, order: Order, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.methods = order.other_methods(ShopProfile.get_solo())
        choices = [(way.value, way.label) for way in self.methods]
        self.fields["payment_method"].choices = choices  # type: ignore[attr-defined]
        if choices:
            self.initial.setdefault("payment_method", choices[0][0])


def switch_payment(*, order_id: int, method: Order.PaymentMethod, actor: User | None) -> Order:
    """Let an order that waits for a card be paid in another way, with the days that this one has.

    It is tried before the pay page is closed: who is refused has that still, and no new hour for
    another one. Raises TransitionNotAllowed when it does not wait any more, StillPayable when
    Stripe cannot say whether somebody is paying just now, and TooMuchUnpaid.
    """
    invoice = invoice_of_order(order_id)
    with transaction.atomic():
        promise(invoice, method)
        transaction.set_rollback(True)
    close_payments(invoice_id=invoice.pk)
    with transaction.atomic():
        promise(invoice, method)
        if invoice.attempts.live().exists():
            raise StillPayable
    return Order.objects.get(pk=order_id)


def promise(invoice: Invoice, method: Order.PaymentMethod) -> None:
    """Write down that the order of an invoice is paid so, and tell its customer."""
    order = Order.objects.get(invoice=invoice)
    take_turns(order)
    is_unconfirmed = must_be_confirmed(order)
    invoice = lock_invoice(invoice.pk)
    order.refresh_from_db()
    possible = order.other_methods(ShopProfile.get_solo())
    if order.stage != OrderStage.PAY_BY_CARD or method not in possible:
        raise TransitionNotAllowed(order, method)
    order.payment_method, order.is_unconfirmed = method, is_unconfirmed
    # One that was to be confirmed before has the time that it had then: going to and fro between
    # a card and a promise wins none.
    since = order.placed_at if is_unconfirmed and order.confirmation_id else Now()
    order.payment_due_at = since + time_to_pay(order)
    order.save(update_fields=CHANGED)
    check_unpaid(order)
    if is_unconfirmed:
        hold_pieces_of(order)
        ask_to_confirm(order, invoice.site)
    else:
        notify_about_order(order.pk, "placed", invoice.site)


def hold_pieces_of(order: Order) -> None:
    """Hold the things of a locked order until it is confirmed. Raises ConfirmedTooLate."""
    order.refresh_from_db()
    if is_past(order, "confirm_by", "payment_due_at"):
        raise ConfirmedTooLate
    unbind_pieces(order)
