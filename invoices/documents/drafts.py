"""Drafts: opened with the order or ticket, filled with what was ordered or agreed."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.secrets import new_secret
from invoices.exceptions import InvoiceFrozen
from invoices.locking import lock_invoice
from invoices.models import NOTHING, Invoice, InvoiceLine
from money.rounding import rounded
from repairs_restorals.models import Quote, QuoteLine, ServiceTicket
from repairs_restorals.services import lock_ticket
from store.models import Order, ShopProfile
from store.taxes.lines import EXPORT, LineTax, tax_of_line
from typed.languages import speaking

FILLED_A_ROUND = 100
COPIED = ["description", "quantity", "price", "tax_rate"]
UNITS = {
    QuoteLine.Kind.LABOUR: InvoiceLine.Unit.HOUR,
    QuoteLine.Kind.PART: InvoiceLine.Unit.PIECE,
}


def write_lines(invoice: Invoice, lines: Iterable[InvoiceLine]) -> None:
    """Give a locked draft these lines instead of those it had, and the total of them.

    Its deposit, currency and site are written as well.
    """
    if not invoice.is_draft:
        raise InvoiceFrozen(invoice)
    written = list(lines)
    invoice.lines.all().delete()
    insert_lines(invoice, written)
    invoice.total = total_of(written, invoice.currency)
    invoice.secret = invoice.secret or new_secret()
    invoice.save(update_fields=["total", "deposit", "currency", "site", "secret"])


def insert_lines(invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    for line in lines:
        line.invoice = invoice
    InvoiceLine.objects.bulk_create(lines)


def total_of(lines: Iterable[InvoiceLine], currency: str) -> Decimal:
    return sum((line.total_in(currency) for line in lines), NOTHING)


def write_order_lines(invoice: Invoice, order: Order) -> None:
    """Write what an order costs now into its locked draft, and into the order what is not asked."""
    lines = lines_of_order(order)
    write_lines(invoice, lines)
    keep_tax_off(order, lines)


def keep_tax_off(order: Order, lines: Iterable[InvoiceLine]) -> None:
    """Write down by how much an export without VAT makes an order cheaper."""
    off = NOTHING
    if any(line.scheme == EXPORT for line in lines):
        off = order.with_tax - total_of(lines, order.currency)
    if off != order.tax_off:
        order.tax_off = off
        order.save(update_fields=["tax_off"])


def bill_order(order: Order, *, site: str = "") -> Invoice:
    """Open the draft of an order whose lines are written; the caller has the order locked."""
    lines = lines_of_order(order)
    total = total_of(lines, order.currency)
    values = {"site": site, "currency": order.currency, "total": total}
    invoice, created = Invoice.objects.get_or_create(order=order, defaults=values)
    if created:
        insert_lines(invoice, lines)
        keep_tax_off(order, lines)
    return invoice


def invoice_of_order(order_id: int) -> Invoice:
    """An order's invoice; of one that came without, such as from a fixture, it is opened here."""
    open_for_order(order_id)
    return Invoice.objects.get(order=order_id)


def lines_of_order(order: Order) -> list[InvoiceLine]:
    """In the language of who pays them."""
    with speaking(order.language):
        return list(each_of_order(order))


def each_of_order(order: Order) -> Iterator[InvoiceLine]:
    """A line for each thing, and one for its shipping, which is taxed as the thing is."""
    shop = ShopProfile.get_solo()
    shares = shares_of_discount(order)
    for line in order.lines.filter(dropped_at=None).select_related("piece__item"):
        tax = tax_of_line(line, shop)
        shared = {"piece": line.piece, **tax.billed}

        def asked(amount: Decimal, tax: LineTax = tax) -> Decimal:
            return tax.charged(amount, order.currency)

        name = f"{line.title} ({line.piece.stock_number})"
        yield InvoiceLine(description=name[:200], price=asked(line.price), **shared)
        if share := shares.get(line.pk):
            discount = _("Discount: %s") % f"{order.discount_reason} ({line.title})"
            less = {"quantity": Decimal(-1), "price": asked(share)}
            yield InvoiceLine(description=discount[:200], **less, **shared)
        if line.shipping:
            shipping = _("Shipping: %s") % line.title
            yield InvoiceLine(description=shipping[:200], price=asked(line.shipping), **shared)


def shares_of_discount(order: Order) -> dict[int, Decimal]:
    """What of an order's discount falls on each line, in proportion to the prices.

    Each has the tax and the scheme of its thing. They add up to the unit.
    """
    if not order.discount:
        return {}
    shares, before, goods = {}, Decimal(0), Decimal(0)
    total = order.goods_total
    for line in order.lines_that_count:
        goods += line.price
        until = order.discount * goods / total
        shares[line.pk] = rounded(until, order.currency) - before
        before += shares[line.pk]
    return shares


@transaction.atomic
def bill_quote(*, quote: Quote, site: str = "") -> Invoice:
    """Write the lines and the deposit of an accepted quote into its ticket's draft invoice.

    They replace those of an earlier version. An invoice that has a number stays as it is.
    The caller has the ticket locked: locks are taken ticket, quote, invoice.
    """
    # Locks whichever row it finds, and the row that it makes is its own.
    invoice, _created = Invoice.objects.select_for_update().get_or_create(ticket=quote.ticket)
    if not invoice.is_draft:
        return invoice
    invoice.currency, invoice.deposit = quote.currency, quote.deposit_due
    invoice.site = site or invoice.site
    write_lines(invoice, lines_of_quote(quote))
    return invoice


def lines_of_quote(quote: Quote) -> list[InvoiceLine]:
    with speaking(quote.ticket.language):
        return list(each_of_quote(quote))


def each_of_quote(quote: Quote) -> Iterator[InvoiceLine]:
    for line in quote.lines.all():
        values = {name: getattr(line, name) for name in COPIED}
        if line.is_discount:
            values["description"] = (_("Discount: %s") % line.description)[:200]
        yield InvoiceLine(unit=UNITS[QuoteLine.Kind(line.kind)], **values)


def missing_invoices() -> Iterator[ServiceTicket | Order]:
    """Tickets and orders without an invoice: those of `bulk_create`, or of fixtures without.

    And orders that a release before has opened one of, without its lines.
    """
    yield from ServiceTicket.objects.filter(invoice=None).order_by("pk")
    empty = Invoice.objects.without_lines().values("order")
    yield from Order.objects.filter(Q(invoice=None) | Q(pk__in=empty)).order_by("pk")


def open_missing_invoices() -> Iterator[Invoice]:
    """Open or fill what is missing, each in a transaction of its own; yield what was mended here.

    They stay drafts: nobody is mailed.
    """
    for subject in missing_invoices():
        opened = (
            open_for_ticket(subject.pk)
            if isinstance(subject, ServiceTicket)
            else mend_order(subject.pk)
        )
        if opened:
            yield opened


@transaction.atomic
def open_for_ticket(ticket_id: int) -> Invoice | None:
    """Open a ticket's invoice with what was accepted last; None when somebody was quicker."""
    ticket = lock_ticket(ticket_id)
    invoice, created = Invoice.objects.get_or_create(ticket=ticket)
    if not created:
        return None
    if quote := ticket.quotes.filter(state=Quote.State.ACCEPTED).last():
        return bill_quote(quote=quote)
    return invoice


@transaction.atomic
def open_for_order(order_id: int) -> Invoice | None:
    order = Order.objects.select_for_update().get(pk=order_id)
    if Invoice.objects.filter(order=order).exists():
        return None
    return bill_order(order)


@transaction.atomic
def mend_order(order_id: int) -> Invoice | None:
    """Open an order's invoice, or fill the one without lines; None if it is whole by now."""
    if opened := open_for_order(order_id):
        return opened
    # Its order is locked by now.
    if not Invoice.objects.without_lines().filter(order=order_id).exists():
        return None
    invoice = lock_invoice(Invoice.objects.get(order=order_id).pk)
    write_order_lines(invoice, Order.objects.get(pk=order_id))
    return invoice


def fill_drafts() -> int:
    """Write the lines that a release before has not written; nobody is mailed. A timer job."""
    empty = Invoice.objects.without_lines().order_by("pk").values_list("order", flat=True)
    return sum(bool(mend_order(pk)) for pk in empty[:FILLED_A_ROUND])
