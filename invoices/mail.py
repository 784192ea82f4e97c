"""Mails about orders. They go out after the commit; a failing server costs nobody an order."""

import logging
from smtplib import SMTPException

from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string

from store.models import Order, ShopProfile

logger = logging.getLogger(__name__)


def send_order_mails(order_id: int, event: str, site: str) -> None:
    """Tell the customer, and about a new or cancelled order the shop too.

    `event` names the templates: "placed" or an `Order.Move`. A mail that cannot be
    sent is logged, never raised. All go over one connection, so that a mail server
    which hangs costs EMAIL_TIMEOUT seconds once.
    """
    order = Order.objects.prefetch_related("lines__piece").get(pk=order_id)
    shop = ShopProfile.get_solo()
    mails = [order_mail(order, shop, f"invoices/mail/{event}", site, to=order.email)]
    if event in {"placed", Order.Move.CANCEL} and shop.email:
        mails.append(order_mail(order, shop, f"invoices/mail/{event}_shop", site, to=shop.email))
    try:
        get_connection().send_messages(mails)
    except (SMTPException, OSError):
        logger.exception("Mail about order %s (%s) could not be sent", order, event)


def order_mail(
    order: Order, shop: ShopProfile, template: str, site: str, *, to: str
) -> EmailMessage:
    """Render `<template>.txt`, whose first line is the subject."""
    context = {"order": order, "shop": shop, "site": site}
    subject, body = render_to_string(f"{template}.txt", context).split("\n", 1)
    reply_to = [shop.email] if shop.email else None
    return EmailMessage(subject.strip(), body.strip() + "\n", to=[to], reply_to=reply_to)
