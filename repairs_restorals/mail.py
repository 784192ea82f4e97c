"""Mails about tickets. They go out after the commit; a failing server costs nobody a ticket."""

import logging
from functools import partial
from smtplib import SMTPException
from typing import Any

from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from repairs_restorals.models import ServiceTicket, Workshop
from store.models import ShopProfile

logger = logging.getLogger(__name__)


def mail_customer(ticket: ServiceTicket, event: str, site: str, **context: Any) -> None:
    """Tell the customer after the commit. `event` names the template."""
    mail = customer_mail(ticket, event, site, **context)
    transaction.on_commit(partial(send, mail), robust=True)


def mail_workshop(ticket: ServiceTicket, event: str, site: str, **context: Any) -> None:
    """Tell who is assigned, or else the workshop's address, after the commit."""
    if address := address_of_workshop(ticket):
        link = site + reverse("admin:repairs_restorals_serviceticket_change", args=[ticket.pk])
        mail = rendered(f"{event}_workshop", address, ticket=ticket, link=link, **context)
        transaction.on_commit(partial(send, mail), robust=True)


def address_of_workshop(ticket: ServiceTicket) -> str:
    if ticket.assignee and ticket.assignee.is_active:
        return ticket.assignee.email
    return Workshop.get_solo().email or ShopProfile.get_solo().email


def customer_mail(ticket: ServiceTicket, event: str, site: str, **context: Any) -> EmailMessage:
    """A mail to the customer, as it would go: staff see it before they send a quote."""
    secret = ticket.status_secret
    status_link = site + reverse("repairs:status", args=[secret]) if secret else ""
    return rendered(
        event, ticket.customer.email, ticket=ticket, site=site, status_link=status_link, **context
    )


def rendered(event: str, to: str, **context: Any) -> EmailMessage:
    """Render the mail's template, whose first line is the subject."""
    shop = ShopProfile.get_solo()
    text = render_to_string(f"repairs_restorals/mail/{event}.txt", {"shop": shop, **context})
    subject, body = text.split("\n", 1)
    reply_to = [shop.email] if shop.email else None
    return EmailMessage(subject.strip(), body.strip() + "\n", to=[to], reply_to=reply_to)


def send(mail: EmailMessage) -> None:
    """Send a mail; one that cannot be sent is logged, never raised."""
    try:
        mail.send()
    except (SMTPException, OSError, ValueError):
        logger.exception("Mail “%s” could not be sent", mail.subject)
