"""What the checkout says of VAT before anything is ordered: the same that the order will say."""

from django.utils.translation import gettext as _

from bag.session import Bag
from invoices.documents.tax_words import export_words, in_percent, tax_of_country
from invoices.orders.forms import CheckoutForm
from money.currency import shop_currency
from money.taxes import taxes_of
from store.models import Order, ShopProfile
from store.taxes.lines import SHOWN, place_to_tax, tax_of_item
from store.taxes.places import Kind


def taxes_shown(bag: Bag, form: CheckoutForm) -> list[str]:
    """Sentences for what is sent; none where it is the shop's own VAT, as nearly always."""
    if not (ShopProfile.for_pages().tax_by_destination or bag.tax_off):
        return []
    # Amounts are as the order will have them, not as they were a minute ago.
    shop = ShopProfile.get_solo()
    typed = {name: form[name].value() or "" for name in ("country_code", "postcode")}
    is_business = bool(form["for_business"].value())
    there = Order(delivery=Order.Delivery.SHIP, for_business=is_business, **typed)
    place = place_to_tax(there, shop)
    said, amounts = [], []
    for line in bag.lines:
        tax = tax_of_item(line.item, place, shop, is_export=line.item.pk in bag.exported)
        if line.held and tax.scheme in SHOWN and not tax.is_untaxed:
            sent = bag.sending.prices.get(line.item.pk, 0)
            amounts.append((tax.rate, line.total + sent))
    if place.kind is Kind.MEMBER and amounts:
        taxes = taxes_of(amounts, shop_currency()).items()
        sums = ", ".join(in_percent(rate, tax, shop_currency()) for rate, tax in taxes)
        said.append(f"{tax_of_country(place.country)} · {_('in the total:')} {sums}")
    if bag.tax_off:
        said.append(export_words(shop))
    if place.kind is Kind.APART and amounts:
        said.append(_("Which VAT is in it for where it goes, the invoice says."))
    return said
