"""Issuing: a draft takes the next number of its series and is frozen from then on."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.secrets import new_secret
from invoices.documents.drafts import lines_of_order, lock_invoice, write_lines
from invoices.exceptions import NothingToPay, TooMuch
from invoices.mail import payer_of, tell_about_invoice
from invoices.models import Invoice, InvoiceEvent, InvoiceLine, NumberSeries
from repairs_restorals.models import Status
from store.models import Order, ShopProfile
from store.models.profile import MARGIN_NOTE

Kind = InvoiceEvent.Kind
FINISHED = [Status.READY, Status.COLLECTED]
GONE_OUT = [Order.State.SHIPPED, Order.State.COLLECTED]


class Taken(NamedTuple):
    number: str
    at: datetime


def take_number(prefix: str) -> Taken:
    """The next number of this year's series, and the database's time; within a transaction.

    The series' row stays locked until the caller commits: who issues next waits, and takes the
    same number if this transaction is undone. So none is missing and none is out of order.
    """
    year = timezone.localdate().year
    NumberSeries.objects.get_or_create(prefix=prefix, year=year)
    locked = NumberSeries.objects.select_for_update().annotate(now=Now())
    series = locked.get(prefix=prefix, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return Taken(str(series), series.now)


def record(invoice: Invoice, kind: InvoiceEvent.Kind, actor: User | None, note: str = "") -> None:
    InvoiceEvent.objects.create(invoice=invoice, kind=kind, actor=actor, note=note[:300])


@transaction.atomic
def issue(*, invoice_id: int, actor: User | None = None) -> Invoice:
    """Issue a draft and mail it; one that has its number already is returned as it is.

    Raises NothingToPay for a draft without lines, or of what was cancelled.
    """
    invoice = lock_invoice(invoice_id)
    return issue_and_mail(invoice, actor) if invoice.is_draft else invoice


def issue_and_mail(invoice: Invoice, actor: User | None) -> Invoice:
    issued = issue_locked(invoice, actor)
    tell_about_invoice(issued, "credit" if issued.is_credit_note else "invoice")
    return issued


def issue_locked(invoice: Invoice, actor: User | None) -> Invoice:
    """Number and freeze a locked draft, with the `site` it has; the caller tells who pays it."""
    if invoice.order and not invoice.lines.exists():
        # Opened by a web process of a version that wrote none.
        write_lines(invoice, lines_of_order(invoice.order))
    if invoice.is_void or not invoice.lines.exists():
        raise NothingToPay
    shop = ShopProfile.get_solo()
    days = timedelta(days=0 if invoice.balance <= 0 else shop.days_to_pay)
    prefix = shop.credit_prefix if invoice.is_credit_note else shop.invoice_prefix
    invoice.snapshot = snapshot_of(invoice, shop)
    invoice.secret = invoice.secret or new_secret()
    # Last, for all who issue wait for each other from here on.
    invoice.number, invoice.issued_at = take_number(prefix)
    invoice.due_on = timezone.localdate(invoice.issued_at) + days
    invoice.save(update_fields=["snapshot", "number", "issued_at", "due_on", "site", "secret"])
    record(invoice, Kind.ISSUED, actor, invoice.number)
    return invoice


def snapshot_of(invoice: Invoice, shop: ShopProfile) -> dict[str, Any]:
    """Seller, buyer and texts as they are now; what is issued shows these for ever."""
    seller = ["name", "phone", "email", "account_holder", "iban", "bic", "tax_number"]
    # First, and never empty: `paper.content` takes the first note for the one that the law wants.
    legal = [shop.margin_note.strip() or MARGIN_NOTE] if invoice.has_margin else []
    return {
        "seller": {name: getattr(shop, name) for name in seller} | {"lines": shop.address_lines},
        "buyer": buyer_of(invoice),
        "subject": subject_of(invoice),
        "notes": [*legal, shop.invoice_note] if shop.invoice_note else legal,
    }


def buyer_of(invoice: Invoice) -> dict[str, Any]:
    """Name, e-mail address and address lines of who pays."""
    if invoice.corrects:
        return dict(invoice.corrects.snapshot["buyer"])
    payer = payer_of(invoice)
    address = payer if isinstance(payer, Order) else getattr(payer, "customer", None)
    lines = address.address_lines if address else []
    return {"name": payer.name, "email": payer.email, "lines": lines}


def subject_of(invoice: Invoice) -> str:
    if invoice.corrects:
        return _("Credit note for %s") % invoice.corrects.number
    if invoice.order:
        return _("Order %s") % invoice.order.reference
    return f"{_('Ticket')} {invoice.ticket}"


class Credit(NamedTuple):
    """So much money of a line of an issued invoice that is taken back."""

    line: int
    amount: Decimal


@transaction.atomic
def credit(
    *, invoice_id: int, parts: Iterable[Credit] | None = None, reason: str, actor: User | None
) -> Invoice:
    """Issue a credit note for parts of an issued invoice, or for all that is left of it.

    Raises TooMuch for more of a line than is left, NothingToPay when nothing is left.
    """
    invoice = lock_invoice(invoice_id)
    if invoice.is_draft or invoice.is_credit_note:
        raise NothingToPay
    left = left_to_credit(invoice)
    wanted = dict(left.items() if parts is None else parts)
    if any(amount < 0 or amount > left.get(line, 0) for line, amount in wanted.items()):
        raise TooMuch
    lines = [
        credit_line(line, wanted[line.pk]) for line in invoice.lines.all() if wanted.get(line.pk)
    ]
    if not lines:
        raise NothingToPay
    note = Invoice.objects.create(corrects=invoice, reason=reason, site=invoice.site)
    write_lines(note, lines)
    record(invoice, Kind.CREDITED, actor, reason)
    return issue_and_mail(note, actor)


def credit_cancelled(invoice: Invoice, actor: User | None) -> None:
    """Credit what was issued for an order or ticket that is cancelled now. It is locked."""
    if not invoice.is_draft and any(left_to_credit(invoice).values()):
        credit(invoice_id=invoice.pk, reason=_("Cancelled"), actor=actor)


def left_to_credit(invoice: Invoice) -> dict[int, Decimal]:
    """What no credit note has taken back yet, by line."""
    lines = invoice.lines.prefetch_related("corrections")
    return {
        line.pk: line.total + sum(note.total for note in line.corrections.all()) for line in lines
    }


def credit_line(line: InvoiceLine, amount: Decimal) -> InvoiceLine:
    """A line that takes an amount of another back; the whole of it reads as it did there."""
    whole = amount == line.total
    copied = ["description", "tax_rate", "scheme", "piece"]
    so_much = (
        {"quantity": -line.quantity, "price": line.price, "unit": line.unit}
        if whole
        else {"quantity": Decimal(-1), "price": amount}
    )
    return InvoiceLine(corrects=line, **{name: getattr(line, name) for name in copied}, **so_much)


def issue_due() -> int:
    """Issue what should be issued and is not, such as after a web process of the version before.

    Orders that are paid or have gone out, and tickets whose work is done. A timer job.
    """
    of_orders = Q(order__paid_at__isnull=False) | Q(order__state__in=GONE_OUT)
    of_tickets = Q(ticket__status__in=FINISHED, total__gt=0)
    due = Invoice.objects.drafts().filter(of_orders | of_tickets).order_by("pk")
    count = 0
    for pk in due.values_list("pk", flat=True)[:100]:
        try:
            issue(invoice_id=pk)
        except NothingToPay:
            continue
        count += 1
    return count
