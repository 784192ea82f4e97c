"""The checkout, and what customers do with an order that they have placed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.generic import View

from accounts.addresses import site_of
from accounts.contact_fields import RESHAPE, CountrySelect
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
from invoices.orders.taxes_shown import taxes_shown
from invoices.orders.unpaid import TooMuchUnpaid, network_key
from invoices.orders.waiting import remember_order, waiting_orders
from invoices.payments.views import lead_to_payment
from mail.telling import gets_mail
from money.filters import money
from store.models import Item, Order
from store.shipping.zones import zones_now
from typed.countries import CODES
from typed.text import plain_code


@method_decorator(cache_control(private=True, no_cache=True), name="dispatch")
class CheckoutView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        bag = Bag(request)
        initial = prefilled(request.user, bag.key)
        country, postcode = initial.get("country_code", ""), initial.get("postcode") or None
        bag.send_to(country or bag.country, bag.zones, postcode)
        if bag.country_name:
            initial["country_code"] = bag.country
        summary = Summary.of(bag)
        if not summary.lines and (waiting := waiting_orders(request)):
            return redirect(waiting[-1].order)
        if not summary.lines:
            messages.info(request, _("There is nothing in your bag to order."))
            return redirect("bag:detail")
        form = CheckoutForm(initial=initial, **facts_of(bag, summary))
        return self.page(bag, summary, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        bag = Bag(request)
        # Who looks at another country's fields is about to have it sent.
        is_sent = request.POST.get("delivery") == Order.Delivery.SHIP or RESHAPE in request.POST
        country = sent_country(request) if is_sent else bag.country
        postcode = sent_postcode(request) if is_sent else None
        bag.send_to(country, zones_now(), postcode)
        agreed = Summary.read(request.POST.get("summary", ""), bag.key) if bag.key else None
        # In this order: whoever finds the bag changed by another click finds its order, too.
        current = Summary.of(bag, agreed=agreed)
        if agreed and (order := agreed.order(bag)):
            messages.info(request, _("This order had been placed already."))
            remember_order(request, order)
            return redirect(order)
        if not current.lines:
            return self.get(request)
        make = CheckoutForm.reshaped if RESHAPE in request.POST else CheckoutForm
        form = make(request.POST, **facts_of(bag, current))
        if agreed is None or not agreed.is_for(current, is_sent=is_sent):
            say_what_changed(request, agreed, current)
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
        bag.send_to(country, zones_now(), postcode)
        return self.page(bag, Summary.of(bag), form)

    def place(self, bag: Bag, agreed: Summary, form: CheckoutForm) -> HttpResponse:
        order = form.save(commit=False)
        order.customer = self.request.user if isinstance(self.request.user, User) else None
        order.bag_key, order.checkout_number = bag.open(), agreed.checkout_number
        order.placed_from = network_key(self.request)
        check_limit(ORDERS, self.request, limited_as(order))
        site = site_of(self.request)
        order = place_order(
            order=order,
            agreed=agreed.lines,
            site=site,
            is_bounded=True,
            terms=form.agreed_terms,
        )
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
        form.name_prices([*bag.sending.prices.values()])
        context = {
            "form": form,
            "lines": [line for line in bag.lines if line.held],
            "ended": [line for line in bag.lines if line.ended],
            "bag": bag,
            "summary": summary.signed(bag.open()),
            "taxes": taxes_shown(bag, form),
        }
        return render(self.request, "invoices/checkout.html", context)


def sent_country(request: HttpRequest) -> str:
    """The code of the country that was sent, as the form reads it; "" for one nobody knows."""
    found = CountrySelect().value_from_datadict(request.POST, request.FILES, "country_code") or ""
    return found if found in CODES else ""


def sent_postcode(request: HttpRequest) -> str | None:
    """The postcode that was sent, as the form reads it; None for none yet."""
    return plain_code(request.POST.get("postcode", "")) or None


def facts_of(bag: Bag, summary: Summary) -> dict[str, Any]:
    """What the form of the checkout has to know of what is ordered."""
    refused = summary.refused
    found = [(line.item, refused[line.item.pk]) for line in bag.lines if line.item.pk in refused]
    return {"refused": found, "totals": summary.totals}


def say_what_changed(request: HttpRequest, agreed: Summary | None, current: Summary) -> None:
    """Why what the page showed is not ordered yet. What is not sent to there, the form says."""
    if RESHAPE in request.POST:
        # Nobody has ordered anything yet: the page shows what it costs.
        return
    if agreed is None or agreed.collected != current.collected:
        messages.error(request, _("Your bag has changed: please check what you order now."))
    elif agreed.exported != current.exported:
        messages.error(
            request, _("Where it goes decides about VAT: please check what you order now.")
        )
    elif agreed.shipping == current.shipping:
        # The VAT in it: staff have changed a rate, or how a thing is taxed.
        messages.error(request, SummaryChanged().sentence)
    elif not current.refused:
        sent = current.totals[Order.Delivery.SHIP] + current.tax_off
        shipping = sent - current.totals[Order.Delivery.COLLECT]
        text = _("Shipping to this country costs %s: please check what you order now.")
        messages.error(request, text % (money(shipping) if shipping else _("nothing")))


def gone_message(refusal: NotEnoughAvailable) -> str:
    """Say which thing somebody else has now."""
    item = Item.with_bin.filter(pk=refusal.item_id).first()
    # Staff may have deleted what nobody held any more.
    title = item.translated.title if item else _("one of your things")
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
