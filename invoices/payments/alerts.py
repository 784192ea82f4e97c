"""Money that somebody has to look at: on its page, and on the admin's front page."""

from typing import Any

from django.db.models import Min, Q, QuerySet, Sum

from invoices.models import Invoice, Payment, Refund
from invoices.models.payment import DISPUTE_PREFIXES


def stuck_refunds() -> QuerySet[Refund]:
    """Refunds that have not reached Stripe, or were refused while the money is still here."""
    waiting = Q(state=Refund.State.PENDING)
    too_much = Invoice.objects.money_without_goods().values("pk")
    return Refund.objects.filter(
        waiting | Q(state=Refund.State.FAILED, attempt__invoice__in=too_much)
    )


def open_disputes() -> QuerySet[Any]:
    """Disputes that took money away for which something is still to be paid."""
    of_disputes = Q()
    for prefix in DISPUTE_PREFIXES:
        of_disputes |= Q(reference__startswith=prefix)
    taken = Payment.objects.filter(of_disputes).order_by("reference").values("reference", "invoice")
    lost = taken.annotate(sum=Sum("amount")).filter(sum__lt=0)
    return lost.filter(invoice__in=Invoice.objects.owing().values("pk"))


def disputed_payments() -> QuerySet[Payment]:
    """The first entry of each open dispute, to count them by."""
    firsts = open_disputes().order_by().annotate(first=Min("pk"))
    return Payment.objects.filter(pk__in=firsts.values("first"))
