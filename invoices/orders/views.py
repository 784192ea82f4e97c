"""The checkout, and what customers do with an order that they have placed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.generic import View

from accounts.addresses import site_of
from accounts.limits import ORDERS, TooOften, check_limit
from accounts.models import User
from bag.exceptions import NotEnoughAvailable
from bag.session import Bag
from bag.waitlist.services import offer_to_next
from invoices.exceptions import SummaryChanged
from invoices.orders.checkout import Summary
from invoices.orders.confirming import limited_as
from invoices.orders.forms import CheckoutForm, prefilled
from invoices.orders.placing import place_order
from invoices.orders.unpaid import TooMuchUnpaid, network_key
from invoices.orders.waiting import remember_order, waiting_orders
from invoices.payments.views import lead_to_payment
from mail.telling import gets_mail
from store.models import Item, Order


@method_decorator(never_cache, name="dispatch")
class CheckoutView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        bag = Bag(request)
        summary = Summary.of(bag)
        if not summary.lines and (waiting := waiting_orders(request)):
            return redirect(waiting[-1].order)
        if not summary.lines:
            messages.info(request, _("There is nothing in your bag to order."))
            return redirect("bag:detail")
        collection_only = [line.item.translated.title for line in bag.collection_only]
        initial = prefilled(request.user, bag.key)
        form = CheckoutForm(initial=initial, collection_only=collection_only, totals=summary.totals)
        return self.page(bag, summary, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        bag = Bag(request)
        agreed = Summary.read(request.POST.get("summary", ""), bag.key) if bag.key else None
        # In this order: whoever finds the bag changed by another click finds its order, too.
        current = Summary.of(bag, agreed=agreed)
        if agreed and (order := agreed.order(bag)):
            messages.info(request, _("This order had been placed already."))
            remember_order(request, order)
            return redirect(order)
        if not current.lines:
            return self.get(request)
        ordered = [line.item for line in bag.lines if line.item.pk in current.lines]
        collection_only = [item.translated.title for item in ordered if item.collection_only]
        form = CheckoutForm(request.POST, collection_only=collection_only, totals=current.totals)
        form.bound_by_papers = [item for item in ordered if item.is_watched]
        if agreed is None or agreed != current:
            messages.error(request, _("Your bag has changed: please check what you order now."))
        elif form.is_valid():
            try:
                return self.place(bag, agreed, form)
            except TooOften as refusal:
                form.add_error(None, refusal.sentence)
            except NotEnoughAvailable as refusal:
                if refusal.spoken_for:
                    offer_to_next(item_id=refusal.item_id)
                messages.error(request, gone_message(refusal))
            except TooMuchUnpaid as refusal:
                form.add_error("payment_method", refusal.sentence)
            except SummaryChanged as refusal:
                messages.error(request, refusal.sentence)
        bag = Bag(request)
        return self.page(bag, Summary.of(bag), form)

    def place(self, bag: Bag, agreed: Summary, form: CheckoutForm) -> HttpResponse:
        order = form.save(commit=False)
        order.customer = self.request.user if isinstance(self.request.user, User) else None
        order.bag_key, order.checkout_number = bag.open(), agreed.checkout_number
        order.placed_from = network_key(self.request)
        check_limit(ORDERS, self.request, limited_as(order))
        site = site_of(self.request)
        order = place_order(order=order, agreed=agreed.lines, site=site, is_bounded=True)
        bag.forget(*agreed.lines)
        if order.is_unconfirmed:
            text = _("Please confirm your order: we mail a link to %s.") % order.email
            waits = _("Your order waits: we send no mail at present, and confirm it ourselves.")
            messages.info(self.request, text if gets_mail(order.email) else waits)
            return redirect(order)
        if order.payment_method == Order.PaymentMethod.CARD and not order.paid_at:
            remember_order(self.request, order)
            return lead_to_payment(self.request, order.invoice)
        messages.success(self.request, _("Thank you! Your order has been placed."))
        return redirect(order)

    def page(self, bag: Bag, summary: Summary, form: CheckoutForm) -> HttpResponse:
        form.name_prices([line.shipping for line in bag.lines])
        context = {
            "form": form,
            "lines": [line for line in bag.lines if line.held],
            "ended": [line for line in bag.lines if line.ended],
            "bag": bag,
            "summary": summary.signed(bag.open()),
        }
        return render(self.request, "invoices/checkout.html", context)


def gone_message(refusal: NotEnoughAvailable) -> str:
    """Say which thing somebody else has now."""
    titles = Item.with_bin.filter(pk=refusal.item_id).values_list("title", flat=True)
    # Staff may have deleted what nobody held any more.
    title = titles.first() or _("one of your things")
    names: dict[str, Any] = {"title": title, "left": refusal.left}
    if refusal.left:
        return (
            ngettext(
                "Of “%(title)s” only %(left)d is left. The rest is still yours.",
                "Of “%(title)s” only %(left)d are left. The rest is still yours.",
                refusal.left,
            )
            % names
        )
    if refusal.spoken_for:
        return (
            _(
                "Your time for “%(title)s” had ended and somebody else was next in line for it. "
                "Everything else is still yours; check the total before you order."
            )
            % names
        )
    return (
        _(
            "Your time for “%(title)s” had ended and it has gone to somebody else. "
            "Everything else is still yours; check the total before you order."
        )
        % names
    )
