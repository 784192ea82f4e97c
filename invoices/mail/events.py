"""What mails about orders and about invoices have in common."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice
from mail.letters import Picture
from mail.outbox import MailEvent, Pictures
from mail.wordings import Placeholder, Text

CUSTOMER, SHOP = _("the customer"), _("the shop’s address")
MONEY = "{% load money %}"


def no_pictures(context: Mapping[str, Any]) -> list[Picture]:
    """For the shop, which knows its things, and of a ticket, whose photos are private."""
    return []


class About(NamedTuple):
    """What events are about: how it is named, and what mails to either side may say of it."""

    name: str
    customer: dict[str, Placeholder]
    shop: dict[str, Placeholder]
    # Of the things that it is about, for its customer.
    pictures: Pictures
    # The right to see what they are about.
    seen_with: str

    def event(
        self,
        name: str,
        *,
        when: Text,
        to: Text = CUSTOMER,
        needed: Collection[str] = (),
        sensitive: bool = False,
        yields: bool = False,
        **placeholders: Placeholder,
    ) -> MailEvent:
        """`placeholders` come on top of those of every event."""
        known = self.shop if to is SHOP else self.customer
        return MailEvent(
            f"invoices.{name}",
            when=when,
            to=to,
            seen_with=self.seen_with,
            placeholders={**known, **placeholders},
            about=self.name,
            needed=needed,
            sensitive=sensitive,
            yields=yields,
            pictures=no_pictures if to is SHOP or sensitive else self.pictures,
        )


def attachment_of(invoice: Invoice) -> str:
    """The invoice's PDF, which is made when the mail is sent."""
    return f"invoice:{invoice.pk}"
