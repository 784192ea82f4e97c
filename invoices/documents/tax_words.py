"""What is said of the VAT of an order beyond its rates: the same on pages, papers and in mails."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from invoices.models import Invoice
from money.filters import money
from store.models import ShopProfile
from store.taxes.lines import EXPORT
from store.taxes.places import MEMBERS
from typed.countries import country_name


def tax_words(invoice: Invoice, shop: ShopProfile) -> list[str]:
    """Sentences for whoever pays it; none of an order with the shop's own VAT."""
    lines = list(invoice.lines.all())
    said = [
        tax_of_country(code)
        for code in sorted({line.tax_country for line in lines if line.tax_country})
    ]
    if any(line.scheme == EXPORT for line in lines):
        said.append(export_words(shop))
    if invoice.is_draft and invoice.order and invoice.order.tax_undecided:
        said.append(_("Which VAT is in it for where it goes, the invoice says."))
    return said


def tax_of_country(code: str) -> str:
    return _("VAT of %s (One-Stop Shop)") % country_name(code)


def export_words(shop: ShopProfile) -> str:
    """As Article 226 (11) of the EU's VAT directive wants it, of a shop in the EU."""
    if shop.country_code in MEMBERS:
        return _("Tax-free export: exempt by Article 146 of Directive 2006/112/EC")
    return _("Tax-free export")


def tax_sums(invoice: Invoice) -> list[str]:
    """What VAT of other countries is in it, by rate: "20 %: €16.67"."""
    if not any(line.tax_country for line in invoice.lines.all()):
        return []
    return [in_percent(rate, tax, invoice.currency) for rate, tax in invoice.taxes.items()]


def in_percent(rate: Decimal, tax: Decimal, currency: str) -> str:
    return f"{number_format(rate.normalize())} %: {money(tax, currency)}"
