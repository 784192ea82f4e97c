"""Whose VAT is in an order: staff decide where no rule does, and say what is an export."""

from collections.abc import Mapping

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from invoices.documents.drafts import write_order_lines
from invoices.documents.following import follow_money
from invoices.exceptions import NothingToPay, StillPayable
from invoices.locking import lock_version
from invoices.mail.orders import notify_about_order
from invoices.models import Invoice, InvoiceEvent
from invoices.payments.card import close_payments
from invoices.payments.effects import issue_and_confirm
from store.models import Order, ShopProfile
from store.services import transition_order
from store.taxes.lines import (
    SHOWN,
    keep_open_question,
    kept_tax,
    place_to_tax,
    tax_of_item,
    tax_of_line,
)
from store.taxes.places import SAME_AS, Kind, Place, may_be_export, place_of
from typed.countries import country_name


class Way(models.TextChoices):
    HOME = "home", gettext_lazy("with our own VAT, in the price")
    THERE = "there", gettext_lazy("with the VAT of where it goes, in the price")
    EXPORT = "export", gettext_lazy("without VAT, as an export")


def taxed_lines(order: Order) -> list[models.Model]:
    """Its lines whose tax is shown: of the margin scheme there is nothing to decide."""
    shop = ShopProfile.get_solo()
    lines = order.lines.filter(dropped_at=None).select_related("piece__item")
    return [line for line in lines if tax_of_line(line, shop).scheme in SHOWN]


def way_of(order: Order) -> Way | None:
    """Whose VAT is in it now; None while staff have to say it."""
    if order.tax_undecided:
        return None
    lines = order.lines_that_count
    if any(line.is_export for line in lines):
        return Way.EXPORT
    return Way.THERE if any(line.tax_country for line in lines) else Way.HOME


def place_there(order: Order, shop: ShopProfile) -> Place:
    """The member state by its name alone, should staff say that its rate counts."""
    country = SAME_AS.get(order.country_code, order.country_code)
    known = shop.tax_by_destination and country in shop.confirmed_rates
    return Place(Kind.MEMBER, country) if known and country != shop.country_code else Place()


def ways_for(invoice: Invoice) -> list[Way]:
    """What staff may say of an order that is not billed yet; nothing where there is no choice."""
    order = invoice.order
    if order is None or not invoice.is_draft or invoice.is_void:
        return []
    if order.delivery != Order.Delivery.SHIP or order.is_counter_sale or not taxed_lines(order):
        return []
    shop = ShopProfile.get_solo()
    ways = [Way.HOME]
    if place_there(order, shop).country and not order.for_business:
        ways.append(Way.THERE)
    if may_be_export(order.country_code, order.postcode, shop.country_code):
        ways.append(Way.EXPORT)
    return ways if len(ways) > 1 or order.tax_undecided else []


def decide_tax(*, invoice_id: int, version: str, way: Way, note: str, actor: User) -> Invoice:
    """Say whose VAT is in an order that is not billed yet, and mail what it costs, if it differs.

    `note` is why it is an export, such as the declaration's number. What is paid too much by then
    stands on the front desk. Raises VersionChanged, NothingToPay where there is no such choice, and
    StillPayable when Stripe cannot say whether somebody is paying.
    """
    close_payments(invoice_id=invoice_id)
    with transaction.atomic():
        invoice = lock_version(invoice_id, version)
        order = invoice.order
        if order is None or way not in ways_for(invoice):
            raise NothingToPay
        if any(attempt.is_live for attempt in invoice.attempts.select_for_update().order_by("pk")):
            raise StillPayable
        shop = ShopProfile.get_solo()
        place = place_there(order, shop) if way == Way.THERE else Place()
        write_taxes(order, place, shop, is_export=way == Way.EXPORT)
        order.tax_undecided = False
        order.export_note = note if way == Way.EXPORT else ""
        order.save(update_fields=["tax_undecided", "export_note"])
        bill_anew(invoice, order, ": ".join(filter(None, [str(way.label), note])), actor)
        return invoice


def tax_anew(invoice: Invoice, order: Order, before: Mapping[str, str], actor: User) -> None:
    """Tax a locked order whose address was corrected by where it goes now, if that is elsewhere.

    What staff had said was about where it went before. `before` is what has changed, as it was.
    """
    shop = ShopProfile.get_solo()
    old = [before.get(name, getattr(order, name)) for name in ("country_code", "postcode")]
    moved = order.country_code != old[0] or place_of(
        order.country_code, order.postcode, shop.country_code
    ) != place_of(old[0], old[1], shop.country_code)
    if not (moved and invoice.is_draft):
        return
    place = place_to_tax(order, shop)
    if not order.tax_undecided and way_of(order) == Way.HOME and place == Place():
        return
    write_taxes(order, place, shop, is_export=False)
    order.export_note = ""
    order.save(update_fields=["export_note"])
    taxes = [tax_of_line(line, shop) for line in order.lines_that_count]
    keep_open_question(order, place, taxes)
    said = country_name(place.country) if place.country else _("our own, or still to be decided")
    bill_anew(invoice, order, _("VAT: %s") % said, actor)


def write_taxes(order: Order, place: Place, shop: ShopProfile, *, is_export: bool) -> None:
    """Tax each line by the rates of today. One by the margin scheme is as it was."""
    for line in order.lines.select_related("piece__item"):
        item = line.piece.item
        item.tax_scheme = line.tax_scheme or item.tax_scheme
        for name, value in kept_tax(tax_of_item(item, place, shop, is_export=is_export)).items():
            setattr(line, name, value)
        line.save(update_fields=["tax_scheme", "tax_rate", "tax_country", "is_export"])


def bill_anew(invoice: Invoice, order: Order, note: str, actor: User) -> None:
    """Write what it costs now; whoever was told another sum would pay that."""
    total = invoice.total
    order = invoice.order = Order.objects.prefetch_related("lines").get(pk=order.pk)
    write_order_lines(invoice, order)
    invoice.record_event(InvoiceEvent.Kind.BILLED, actor, note)
    if invoice.total == total:
        return
    if invoice.balance <= 0 and Order.Transition.PAY in order.allowed_transitions:
        # What was paid in part is enough now.
        pay = Order.Transition.PAY
        invoice.order = transition_order(order_id=order.pk, transition=pay, actor=actor)
        issue_and_confirm(invoice, invoice.order, actor)
        return
    follow_money(invoice, actor)
    if invoice.balance > 0:
        notify_about_order(order.pk, "discount", invoice.site)
