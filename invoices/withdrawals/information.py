"""What customers are told of their right to withdraw, before they order and with the mail.

The texts are templates: the model instructions and the model form of Annex I, parts A and B, of
Directive 2011/83/EU. An owner may put the instructions into other words, in the shop's profile;
the form, which the law prescribes, always follows.
"""

from django.template.loader import render_to_string
from django.urls import reverse

from store.models import ShopProfile


def information(shop: ShopProfile, site: str) -> str:
    """The shop's own words, or else the model of the law. `site` is where the shop is found."""
    own = shop.translated.withdrawal
    if own.strip():
        return own
    address = site + reverse("invoices:withdraw")
    context = {"shop": shop, "address": address}
    return render_to_string("invoices/withdrawals/information.txt", context).strip()


def model_form(shop: ShopProfile) -> str:
    return render_to_string("invoices/withdrawals/model_form.txt", {"shop": shop}).strip()
