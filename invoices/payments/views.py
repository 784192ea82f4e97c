"""To Stripe's pay page and back, and what Stripe tells by itself."""

import logging
from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.generic import View

from accounts.addresses import site_of
from accounts.linked import find_by_link
from invoices.documents.views import knows_order
from invoices.exceptions import (
    BadSignature,
    NoCard,
    NothingToPay,
    PaymentRefused,
    PaymentUnavailable,
)
from invoices.models import Invoice, PaymentAttempt
from invoices.payments.card import act_on, reconcile, start_payment
from invoices.payments.stripe_client import read_event
from store.models import Order
from typed.machines import encrypted_only

logger = logging.getLogger(__name__)


def page_of(invoice: Invoice, request: HttpRequest) -> Order | Invoice:
    """Where a customer sees how things stand: the order's page, or an invoice.

    To whoever has no more than the address of an invoice, that of its order is not told.
    """
    order = invoice.order
    return order if order and (not invoice.is_shown or knows_order(request, order)) else invoice


@method_decorator(never_cache, name="dispatch")
class PayView(View):
    """Whoever has an invoice's secret address may pay it."""

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        # Such as after a reload: paying begins with the button there.
        return redirect(page_of(find_by_link(Invoice.objects.all(), secret, request.user), request))

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        return lead_to_payment(request, find_by_link(Invoice.objects.all(), secret, request.user))


def lead_to_payment(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    """To Stripe's page; or, with a word about why not, to where it may be tried again."""
    try:
        started = start_payment(invoice_id=invoice.pk, site=site_of(request))
    except NothingToPay:
        messages.info(request, _("There is nothing to pay now."))
    except NoCard as refusal:
        messages.error(request, refusal.sentence)
    except PaymentUnavailable:
        messages.error(
            request, _("Card payments do not answer just now. Please try it again in a minute.")
        )
    except PaymentRefused:
        logger.exception("Stripe refuses to open a pay page for invoice %d", invoice.pk)
        messages.error(
            request, _("Card payments do not work just now. Please try it later, or ask us.")
        )
    else:
        return HttpResponseRedirect(started.url)
    return redirect(page_of(invoice, request))


@method_decorator(never_cache, name="dispatch")
class PaidView(View):
    """Where Stripe leads who has paid. Nothing is believed of that: Stripe is asked."""

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        invoice = find_by_link(Invoice.objects.all(), secret, request.user)
        # The timer asks again about what Stripe does not tell now.
        with suppress(PaymentUnavailable):
            for attempt in invoice.attempts.live():
                reconcile(attempt)
        latest = invoice.attempts.first()
        if latest and latest.state == PaymentAttempt.State.PAID:
            messages.success(request, _("Thank you! Your payment has arrived."))
        else:
            messages.info(request, _("We have not heard of your payment yet, but soon will."))
        return redirect(page_of(invoice, request))


@csrf_exempt
@encrypted_only
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """What Stripe tells: 200 once it is written down, 503 to be told again."""
    try:
        event = read_event(request.body, request.headers.get("Stripe-Signature", ""))
    except BadSignature:
        return HttpResponse(status=400)
    try:
        act_on(event)
    except PaymentUnavailable:
        logger.warning("Stripe's event %s has to come again: Stripe does not answer", event.id)
        return HttpResponse(status=503)
    return HttpResponse(status=200)
