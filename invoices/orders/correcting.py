"""What staff set right of an order that is placed. What is issued stays as it was issued."""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from invoices.documents.drafts import invoice_of_order
from invoices.locking import lock_invoice
from invoices.mail.orders import notify_about_order
from invoices.models import Invoice
from invoices.names import names_of
from invoices.orders.forms import ADDRESS
from invoices.orders.relinking import renew_links
from invoices.orders.taxing import tax_anew
from invoices.rights import MAY_REFUND
from mail.sending import readdress
from store.models import Order, OrderEvent
from store.models.order_stage import OrderStage
from store.versions import check_version
from typed.countries import country_name

CONTACT = ["name", "email", "phone"]
PARCEL = ["tracking", "carrier"]
Kind = OrderEvent.Kind


class Corrected(NamedTuple):
    fields: list[str]
    # How many mails go to another address now.
    mails: int
    # Whether the customer is mailed the way of the parcel once more.
    told: bool


def correctable(order: Order) -> list[str]:
    """What may be set right of an order as far as it is; a note of staff always."""
    if order.stage == OrderStage.SHIPPED:
        return [*PARCEL, "staff_note"]
    if order.stage in {OrderStage.COLLECTED, OrderStage.TAKEN_BACK, OrderStage.CANCELLED}:
        return ["staff_note"]
    where = ADDRESS if order.delivery == Order.Delivery.SHIP else []
    return [*CONTACT, *where, "staff_note"]


@transaction.atomic
def correct_order(
    *, order_id: int, version: str, values: Mapping[str, Any], actor: User
) -> Corrected:
    """Set right what `correctable` names, write down from what to what, and mail anew.

    Mails that have not arrived go to the new address, failed ones again. Raises VersionChanged.
    """
    invoice = lock_invoice(invoice_of_order(order_id).pk)
    order = cast(Order, invoice.order)
    check_version(order, version)
    before = {name: getattr(order, name) for name in correctable(order) if name in values}
    changed = [name for name in before if before[name] != values[name]]
    for name in changed:
        setattr(order, name, values[name])
    if not changed:
        return Corrected([], 0, told=False)
    order.save(update_fields=changed)
    record(order, before, changed, actor)
    tax_anew(invoice, order, {name: before[name] for name in changed}, actor)
    moved = 0
    if "email" in changed:
        forget_proofs(order, actor)
        # At the counter somebody may have named none before.
        moved = move_mails(invoice, order, old) if (old := before["email"]) else 0
    if told := bool({*PARCEL} & {*changed} and order.tracking):
        notify_about_order(order.pk, str(Order.Transition.SHIP), invoice.site)
    return Corrected(changed, moved, told)


def forget_proofs(order: Order, actor: User) -> None:
    """Of a new address nothing is known yet; it may be that of a clerk who may not pay back."""
    doubted = None if actor.has_perms(MAY_REFUND) else Now()
    Order.objects.filter(pk=order.pk).update(reached_at=None, email_doubted_at=doubted)


def move_mails(invoice: Invoice, order: Order, old: str) -> int:
    """Let mails follow an order to its new address, and what has gone to the old one open nothing.

    The mail that says what was ordered is written once more if it had gone. A customer who is at
    the card's page comes back by the links of before.
    """
    at_card = order.stage == OrderStage.PAY_BY_CARD
    rewrite = str if at_card else renew_links(invoice, order, old)
    moved = readdress(about=names_of(invoice), old=old, new=order.email, rewrite=rewrite)
    event = "unconfirmed" if order.is_unconfirmed else "placed"
    if at_card or f"invoices.{event}" in {mail.event for mail in moved}:
        return len(moved)
    mail = notify_about_order(order.pk, event, invoice.site, to_shop=False)
    if order.is_unconfirmed:
        order.confirmation = mail
        order.save(update_fields=["confirmation"])
    return len(moved) + 1


def record(order: Order, before: Mapping[str, Any], changed: list[str], actor: User) -> None:
    """Write a note of staff by itself: its customer is shown that something was corrected."""
    parts = [
        f"{order._meta.get_field(name).verbose_name}: {said(name, before[name])} → "  # type: ignore[union-attr]
        f"{said(name, getattr(order, name))}"
        for name in changed
        if name != "staff_note"
    ]
    if parts:
        order.record_change(Kind.CORRECTED, actor, "\n".join(parts))
    if "staff_note" in changed:
        order.record_change(Kind.NOTED, actor, order.staff_note or "–")


def said(name: str, value: Any) -> str:
    return (country_name(value) if name == "country_code" else value) or "–"
