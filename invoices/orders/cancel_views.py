"""The customer gives an unpaid order up.

Whoever knows the address of an order may look at it, and pay. Giving it up takes more: the
account, the browser that has placed it, a link that was mailed for it, or the right of staff.
"""

from collections import Counter
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import View

from accounts.addresses import site_of
from accounts.limits import LINKS, TooOften, check_limit
from accounts.linked import find_by_link
from accounts.models import User
from bag.session import Bag
from invoices.exceptions import StillPayable
from invoices.mail.order_keys import CANCEL, cancel_path, otherwise_path
from invoices.mail.orders import mail_cancel_link
from invoices.models import PaymentAttempt
from invoices.orders.powers import may_act
from invoices.orders.transitions import cancel_order
from invoices.orders.waiting import forget_orders
from invoices.payments.views import page_of
from mail.telling import gets_mail, sends_no_mail
from store.exceptions import TransitionNotAllowed
from store.models import Order, OrderStage


@method_decorator(never_cache, name="dispatch")
class OrderCancelView(View):
    """Take an unpaid order back. Whoever may only look at it has a link mailed to its customer."""

    def get(self, request: HttpRequest, secret: str, key: str = "") -> HttpResponse:
        order = find_by_link(Order.objects.all(), secret, request.user)
        if Order.Transition.CANCEL not in order.allowed_transitions:
            messages.error(request, _("This order can no longer be cancelled here: ask us."))
            return redirect(order)
        if not may_act(request, order, CANCEL, key):
            return self.ask(order, is_old=bool(key))
        context = {"order": order, "to_bag": is_of_this_bag(request, order)}
        return render(request, "invoices/order_cancel.html", context)

    def ask(self, order: Order, status: int = 200, **context: object) -> HttpResponse:
        """Ask whoever may only look whether the customer is to get a link."""
        context = {"order": order, **context}
        return render(self.request, "invoices/order_cancel_ask.html", context, status=status)

    def post(self, request: HttpRequest, secret: str, key: str = "") -> HttpResponse:
        order = find_by_link(Order.objects.all(), secret, request.user)
        if not may_act(request, order, CANCEL, key):
            return self.mail_link(order)
        actor = request.user if isinstance(request.user, User) else None
        try:
            if is_of_this_bag(request, order):
                return restore_bag(request, order)
            cancel_order(order_id=order.pk, actor=actor, because=Order.Ending.CUSTOMER)
        except TransitionNotAllowed:
            messages.error(request, _("This order can no longer be cancelled here: ask us."))
        except StillPayable:
            messages.error(request, _("A payment is under way. Please try it again in a minute."))
        else:
            messages.success(request, _("Your order is cancelled."))
        return redirect(order)

    def mail_link(self, order: Order) -> HttpResponse:
        if Order.Transition.CANCEL not in order.allowed_transitions:
            messages.error(self.request, _("This order can no longer be cancelled here: ask us."))
            return redirect(order)
        try:
            check_limit(LINKS, self.request, order.email)
        except TooOften as refusal:
            return self.ask(order, status=429, problem=refusal.sentence)
        mail_cancel_link(order, cancel_path(order), site_of(self.request))
        text = _("We have mailed a link to %(email)s: with it you cancel the order.")
        goes, said = gets_mail(order.email), text % {"email": order.email}
        messages.success(self.request, said if goes else sends_no_mail())
        return redirect(order)


@method_decorator(never_cache, name="dispatch")
class BackView(View):
    """Where Stripe leads who has gone back: a page that asks how to go on.

    Whoever has its key comes from the pay page, for it is in no other place, and may give the
    order up.
    """

    def get(self, request: HttpRequest, secret: str, key: str) -> HttpResponse:
        attempt = attempt_of(secret, key)
        order = attempt.invoice.order
        if attempt.is_live and order and order.stage == OrderStage.PAY_BY_CARD:
            to_bag = is_of_this_bag(request, order)
            # Whoever comes from the pay page may be in another browser than before.
            context = {"order": order, "invoice": attempt.invoice, "to_bag": to_bag}
            context["otherwise"] = otherwise_path(order)
            return render(request, "invoices/pay_back.html", context)
        messages.info(request, said_of(order) if order else _("You have left the payment."))
        return redirect(page_of(attempt.invoice, request))

    def post(self, request: HttpRequest, secret: str, key: str) -> HttpResponse:
        order = attempt_of(secret, key).invoice.order
        if order is None or order.stage != OrderStage.PAY_BY_CARD:
            return self.get(request, secret, key)
        try:
            return restore_bag(request, order)
        except TransitionNotAllowed as refusal:
            messages.info(request, said_of(cast(Order, refusal.subject)))
        except StillPayable:
            messages.error(request, _("We cannot reach card payments just now. Your order stands."))
        return redirect(order)


def attempt_of(secret: str, key: str) -> PaymentAttempt:
    attempts = PaymentAttempt.objects.select_related("invoice__order")
    attempt = get_object_or_404(attempts, invoice__secret=secret, idempotency_key=key)
    if attempt.invoice.is_erased:
        raise Http404
    return attempt


def said_of(order: Order) -> str:
    """What whoever comes back from the pay page reads when nothing is left to ask."""
    if order.paid_at:
        return _("Thank you! Your payment has arrived.")
    if order.state == Order.State.CANCELLED:
        return _("Nothing was paid, and the order is cancelled.")
    return _("You have left the payment.")


def is_of_this_bag(request: HttpRequest, order: Order) -> bool:
    """Whether an order waits for a card, and its things may go back to where they came from."""
    return order.stage == OrderStage.PAY_BY_CARD and Bag(request).key == order.bag_key


def restore_bag(request: HttpRequest, order: Order) -> HttpResponse:
    """Undo an order that was to be paid at once: its things are in the bag again."""
    order = cancel_order(
        order_id=order.pk, actor=None, because=Order.Ending.CUSTOMER, restore_bag=True
    )
    forget_orders(request, order)
    bag = Bag(request)
    if bag.key != order.bag_key:
        messages.info(request, _("Nothing was paid, and the order is cancelled."))
        return redirect(order)
    for item, quantity in Counter(order.lines.values_list("piece__item", flat=True)).items():
        bag.want(item, quantity)
    if any(line.ended for line in Bag(request).lines):
        text = _("Nothing was paid. Your time had ended: take your things again where you can.")
    else:
        text = _("Nothing was paid. Your things are in your bag again, for the time that is left.")
    messages.info(request, text)
    return redirect("bag:detail")
