"""Issuing: a draft takes the next number of its series and is frozen from then on."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from accounts.secrets import new_secret
from invoices.documents.cap import check_cap
from invoices.documents.drafts import total_of, write_order_lines
from invoices.documents.note_taxes import taxes_taken_back
from invoices.documents.supply import supplied_on
from invoices.documents.tax_words import tax_words
from invoices.exceptions import AboveCap, NothingToPay, SellerUnknown, TaxUndecided
from invoices.locking import lock_invoice
from invoices.mail.invoices import notify_about_invoice
from invoices.models import Invoice, InvoiceEvent, NumberSeries
from store.models import Item, Order, ShopProfile

Kind = InvoiceEvent.Kind
ISSUED_PER_ROUND = 100


class TakenNumber(NamedTuple):
    number: str
    at: datetime


def take_number(prefix: str) -> TakenNumber:
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
    return TakenNumber(str(series), series.now)


@transaction.atomic
def issue(*, invoice_id: int, actor: User | None = None) -> Invoice:
    """Issue a draft and mail it; one that has its number already is returned as it is.

    Raises NothingToPay for a draft without lines, or of what was cancelled, AboveCap, SellerUnknown
    and TaxUndecided.
    """
    invoice = lock_invoice(invoice_id)
    return issue_and_mail(invoice, actor) if invoice.is_draft else invoice


def issue_and_mail(invoice: Invoice, actor: User | None) -> Invoice:
    issued = issue_locked(invoice, actor)
    notify_about_invoice(issued, "invoice")
    return issued


def issue_locked(invoice: Invoice, actor: User | None) -> Invoice:
    """Number and freeze a locked draft, with the `site` it has; the caller tells who pays it.

    Raises AboveCap, SellerUnknown while the shop has no address or tax number, and TaxUndecided. A
    credit note goes out all the same: it names the invoice, which named the seller, and nobody's
    money waits.
    """
    if invoice.order and not invoice.lines.exists():
        # Opened by a web process of a version that wrote none.
        write_order_lines(invoice, invoice.order)
    lines = list(invoice.lines.all())
    if invoice.is_void or not lines:
        raise NothingToPay
    shop = ShopProfile.get_solo()
    if not (shop.can_issue or invoice.is_credit_note):
        raise SellerUnknown
    if invoice.order and invoice.order.tax_undecided:
        raise TaxUndecided
    # What a version before has written may be divided more finely than the currency.
    invoice.total = total_of(lines, invoice.currency)
    check_cap(invoice)
    time = timedelta() if invoice.balance <= 0 else shop.time_to_pay
    prefix = shop.credit_prefix if invoice.is_credit_note else shop.invoice_prefix
    with override(invoice.language):
        invoice.snapshot = snapshot_of(invoice, shop) | facts_of(invoice)
    invoice.secret = invoice.secret or new_secret()
    # Last, for all who issue wait for each other from here on.
    invoice.number, invoice.issued_at = take_number(prefix)
    invoice.due_on = due_day(invoice, time)
    written = ["total", "snapshot", "number", "issued_at", "due_on", "site", "secret"]
    invoice.save(update_fields=written)
    invoice.record_event(Kind.ISSUED, actor, invoice.number)
    return invoice


def issue_if_possible(invoice: Invoice, actor: User | None) -> Invoice | None:
    """The same; None while it waits for the shop's address and tax number, or for staff to say
    whose VAT is in it, see `issue_due`.
    """
    try:
        return issue_locked(invoice, actor)
    except (SellerUnknown, TaxUndecided):
        return None


def due_day(invoice: Invoice, time: timedelta) -> date:
    """When it is to be paid by: on the day that its order names, if there is one to come.

    An order whose day has passed gets the new one, too: a debt has one date.
    """
    today = timezone.localdate(invoice.issued_at)
    day = today + time
    if invoice.order is None:
        return day
    named = timezone.localdate(invoice.order.payment_due_at)
    if named < today:
        due_at = invoice.order.payment_due_at + (day - named)
        Order.objects.filter(pk=invoice.order.pk).update(payment_due_at=due_at)
        return day
    return named


def snapshot_of(invoice: Invoice, shop: ShopProfile) -> dict[str, Any]:
    """Seller, buyer and texts as they are now; what is issued shows these for ever."""
    seller = ["name", "phone", "email", "account_holder", "iban", "bic", "tax_number"]
    seller += ["logo", "accent"]
    # First, and never empty: `pdf.content` takes the first note for the one the law wants.
    legal = [" · ".join(margin_notes(invoice, shop))] if invoice.has_margin else []
    return {
        "seller": {name: getattr(shop, name) for name in seller} | {"lines": shop.address_lines},
        "language": invoice.language,
        "buyer": invoice.buyer,
        "subject": invoice.subject_name,
        # Beside the figures, too; what was issued before it was said has none.
        "tax_notes": tax_words(invoice, shop),
        "notes": [*legal, shop.translated.invoice_note] if shop.invoice_note else legal,
    }


def facts_of(invoice: Invoice) -> dict[str, Any]:
    """What an invoice says of the supply for ever; a credit note names its invoice instead, and
    keeps which tax it takes back, by rate.
    """
    if invoice.is_credit_note:
        taxes = taxes_taken_back(invoice)
        return {"taxes": {str(rate): str(tax) for rate, tax in taxes.items()}}
    day = supplied_on(invoice)
    return {"supplied_on": day.isoformat() if day else ""}


def margin_notes(invoice: Invoice, shop: ShopProfile) -> list[str]:
    """The phrase of each kind of things that the invoice bills by the margin scheme."""
    lines = invoice.lines.filter(scheme=Item.TaxScheme.MARGIN)
    natures = lines.values_list("piece__item__nature", flat=True)
    return sorted({shop.margin_note_of(nature or "") for nature in natures})


def issue_due() -> int:
    """Issue what should be issued and is not: it waited for the shop's address, for example.

    A timer job. What is of long ago stays for staff: `InvoiceQuerySet.left_unissued`.
    """
    if not ShopProfile.get_solo().can_issue:
        return 0
    count = 0
    for pk in Invoice.objects.to_issue_now().order_by("pk").values_list("pk", flat=True):
        # Those that have to wait for somebody stand in no other one's way.
        with suppress(AboveCap, NothingToPay, SellerUnknown, TaxUndecided):
            issue(invoice_id=pk)
            count += 1
        if count == ISSUED_PER_ROUND:
            break
    return count
