"""Mails about tickets, to customers and to the workshop."""

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mail.models import Mail
from mail.outbox import MailEvent, compose, enqueue_mail, register
from mail.wordings import Placeholder, Text
from repairs_restorals.models import ServiceTicket, Workshop
from repairs_restorals.signals import Enclosure
from store.models import ShopProfile
from typed.languages import reverse_in

CUSTOMER, WORKSHOP = _("the customer"), _("who is assigned, or else the workshop’s address")
MONEY = "{% load money %}"


def typed_by_owner(what: str) -> str:
    """What an account has typed, which a mail says only to whoever the account belongs to.

    While its address is not checked, the mail goes to somebody whom a stranger may be writing to.
    """
    return f"{{% if not ticket.customer.is_strangers %}}{{{{ {what} }}}}{{% endif %}}"


TICKET = {
    "reference": Placeholder(_("the ticket’s number"), "{{ ticket.reference }}"),
    "title": Placeholder(
        _("what it is about"), '{% include "repairs_restorals/mail/_title.txt" %}'
    ),
    "name": Placeholder(_("the customer’s name"), typed_by_owner("ticket.customer.name")),
}
FOR_CUSTOMERS = {
    "links": Placeholder(
        _("where the customer sees the ticket"), '{% include "repairs_restorals/mail/_links.txt" %}'
    )
}
FOR_THE_WORKSHOP = {
    "ticket": Placeholder(
        _("the ticket, its customer, and where staff see it"),
        '{% include "repairs_restorals/mail/_workshop.txt" %}',
    )
}
QUOTE = {
    "version": Placeholder(_("the quote’s version"), "{{ quote.version }}"),
    "total": Placeholder(_("the quote’s total"), MONEY + "{{ quote.total|money:quote.currency }}"),
    "intro": Placeholder(_("what the quote begins with, if anything"), "{{ quote.intro }}"),
    "details": Placeholder(
        _("the quote’s lines, total, tax, deposit and day"),
        '{% include "repairs_restorals/mail/_lines.txt" %}',
    ),
    "quote_link": Placeholder(
        _("where the quote is answered"), "{{ site }}{{ quote.get_absolute_url }}"
    ),
    "date": Placeholder(
        _("until when the quote is valid"), '{{ quote.valid_until|date:"DATE_FORMAT" }}'
    ),
    "via": Placeholder(_("how it was decided"), "{{ quote.get_decided_via_display }}"),
    "reason": Placeholder(_("why it was declined, if they said"), typed_by_owner("quote.reason")),
}
MESSAGE = {"message": Placeholder(_("what was written"), "{{ message.body }}")}
NOTE = {"note": Placeholder(_("a word about it, if there is one"), "{{ note }}")}


NOTHING_ENCLOSED = Enclosure()
BILL = {
    "bill": Placeholder(_("what is to be paid, and where, if anything"), "{{ enclosure.words }}")
}
# Whoever bills says where a contract may be withdrawn from, and how long.
WITHDRAW = {
    "withdraw": Placeholder(
        _("where to withdraw from the contract, if there is one"),
        '{% load panels %}{% panel "withdraw_mail" ticket %}',
    )
}
# Of what is agreed with the mail itself: a look at it before it goes says the same.
WITHDRAW_QUOTE = {
    "withdraw": Placeholder(
        WITHDRAW["withdraw"].meaning, '{% load panels %}{% panel "withdraw_mail" quote %}'
    )
}
FORM = {
    "repair_form": Placeholder(
        _("that the quote is given as a repair information form, if it is"),
        '{% include "repairs_restorals/mail/_form.txt" %}',
    )
}
RIGHT = {
    "right": Placeholder(
        _("the information on the right to withdraw, and its form"),
        '{% load panels %}{% panel "right_mail" ticket %}',
    )
}
ACCOUNT = "{{ site }}{{ ticket.get_absolute_url }}"
# What is to be paid comes first.
NEXT = (
    "{% if enclosure.link %}{{ enclosure.link }}{% elif status_link %}{{ status_link }}"
    f"{{% else %}}{ACCOUNT}{{% endif %}}"
)


# What is said of a ticket is between customer and workshop; a move may take words along.
ABOUT_TICKET = {"filed", "filed_workshop", "merged", "shown"}
ABOUT_MESSAGE = {"message", "message_workshop", "moved", "cancelled_workshop"}


def seen_with(name: str) -> str:
    """The model that somebody may see who finds a mail of this event in the admin."""
    if name in ABOUT_TICKET:
        return "serviceticket"
    return "ticketmessage" if name in ABOUT_MESSAGE else "quote"


def ticket_event(
    name: str,
    when: Text,
    placeholders: dict[str, Placeholder],
    *,
    needed: Collection[str] = (),
    button: str = NEXT,
    by_hand: bool = False,
) -> MailEvent:
    """What happens to a ticket; `placeholders` come on top of those of every ticket.

    No picture goes with it: photos of tickets are private.
    """
    to_workshop = name.endswith("_workshop")
    everywhere = TICKET | (FOR_THE_WORKSHOP if to_workshop else FOR_CUSTOMERS)
    return MailEvent(
        f"repairs_restorals.{name}",
        when=when,
        to=WORKSHOP if to_workshop else CUSTOMER,
        seen_with=f"repairs_restorals.view_{seen_with(name)}",
        placeholders=everywhere | placeholders,
        about="{{ ticket.reference }}",
        needed=needed,
        by_hand=by_hand,
        button="{{ link }}" if to_workshop else button,
    )


def photos(template: str) -> Placeholder:
    return Placeholder(
        _("how many photos came with it, if any"),
        f'{{% include "repairs_restorals/mail/{template}" %}}',
    )


register(
    ticket_event(
        "filed",
        _("A ticket was filed"),
        {
            "limit": Placeholder(
                _("what the customer allowed without asking, if anything"),
                '{% include "repairs_restorals/mail/_go_ahead.txt" %}',
            )
        },
    ),
    ticket_event(
        "filed_workshop",
        _("A ticket was filed"),
        {"description": Placeholder(_("what the customer wrote"), "{{ ticket.description }}")},
    ),
    ticket_event(
        "moved",
        _("The workshop began with a ticket, finished or cancelled it, or left a word with a move"),
        {
            "status": Placeholder(_("the ticket’s state"), "{{ ticket.get_status_display }}"),
            "news": Placeholder(
                _("what that means, in a sentence"),
                '{% include "repairs_restorals/mail/_news.txt" %}',
            ),
            **NOTE,
            **BILL,
            **WITHDRAW,
        },
        needed=["bill", "withdraw"],
    ),
    ticket_event(
        "merged",
        _("The workshop has put several tickets into one"),
        {
            "others": Placeholder(
                _("the tickets that are no more"),
                '{% include "repairs_restorals/mail/_others.txt" %}',
            )
        },
    ),
    ticket_event(
        "message",
        _("The workshop has written to the customer"),
        MESSAGE | {"photos": photos("_photos.txt")} | WITHDRAW,
        button=ACCOUNT,
        by_hand=True,
    ),
    ticket_event(
        "message_workshop",
        _("The customer has written to the workshop"),
        MESSAGE | {"photos": photos("_photos_workshop.txt")},
    ),
    ticket_event(
        "quote",
        _("The workshop has sent a quote"),
        QUOTE | RIGHT | FORM,
        needed=["quote_link", "right", "repair_form"],
        button=QUOTE["quote_link"].source,
    ),
    ticket_event(
        "accepted",
        _("A quote was accepted"),
        QUOTE | BILL | WITHDRAW_QUOTE,
        needed=["bill", "withdraw"],
    ),
    ticket_event("accepted_workshop", _("A quote was accepted"), QUOTE),
    ticket_event("declined", _("A quote was declined"), QUOTE),
    ticket_event("declined_workshop", _("A quote was declined"), QUOTE),
    ticket_event("reopened_workshop", _("A customer takes back to have declined a quote"), QUOTE),
    ticket_event(
        "went_ahead",
        _("The workshop goes ahead within the limit that the customer gave"),
        QUOTE
        | BILL
        | WITHDRAW_QUOTE
        | RIGHT
        | {
            "limit": Placeholder(
                _("up to what the customer allowed it"),
                MONEY + "{{ ticket.go_ahead_limit|money }}",
            )
        },
        needed=["bill", "withdraw", "right"],
    ),
    ticket_event(
        "shown",
        _("Photos of a ticket are shown to everybody, with the consent of its customer"),
        {
            "caption": Placeholder(_("what stands below the photos"), "{{ caption }}"),
            "page": Placeholder(_("where the consent is taken back"), "{{ page }}"),
        },
        needed=["page"],
        button="{{ page }}",
    ),
    ticket_event("cancelled_workshop", _("The customer has cancelled a ticket"), NOTE),
)


def notify_customer(
    ticket: ServiceTicket,
    event: str,
    site: str,
    *,
    enclosure: Enclosure = NOTHING_ENCLOSED,
    **context: Any,
) -> None:
    """Tell a customer who has an address, in the transaction of what is told.

    `event` is a registered one.
    """
    if not ticket.customer.email:
        return
    enqueue_mail(
        f"repairs_restorals.{event}",
        to=ticket.customer.email,
        context=context_of(ticket, site, enclosure=enclosure, **context),
        language=ticket.language,
        reply_to=ShopProfile.get_solo().email,
        site=site,
        attachment=enclosure.attachment,
    )


def notify_workshop(ticket: ServiceTicket, event: str, site: str, **context: Any) -> None:
    """Tell who is assigned, or else the workshop's address; who answers writes to the customer."""
    if address := address_of_workshop(ticket):
        link = site + reverse("admin:repairs_restorals_serviceticket_change", args=[ticket.pk])
        enqueue_mail(
            f"repairs_restorals.{event}_workshop",
            to=address,
            context={"ticket": ticket, "link": link, **context},
            language=minder.language if (minder := ticket.minder) else "",
            reply_to=ticket.customer.email or ShopProfile.get_solo().email,
            site=site,
        )


def address_of_workshop(ticket: ServiceTicket) -> str:
    if ticket.minder:
        return ticket.minder.email
    return Workshop.get_solo().email or ShopProfile.get_solo().email


def compose_for_customer(ticket: ServiceTicket, event: str, site: str, **context: Any) -> Mail:
    """A mail to the customer, as it would go: staff see it before they send a quote."""
    return compose(
        f"repairs_restorals.{event}",
        to=ticket.customer.email,
        context=context_of(ticket, site, **context),
        language=ticket.language,
        site=site,
    )


def context_of(ticket: ServiceTicket, site: str, **context: Any) -> dict[str, Any]:
    secret = ticket.link
    link = reverse_in(ticket.language, "repairs:status", secret) if secret else ""
    shop = ShopProfile.get_solo()
    return {"ticket": ticket, "shop": shop, "status_link": site + link if link else "", **context}
