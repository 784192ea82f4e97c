"""How long tickets, their messages and photos are kept."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import ERASED, User
from accounts.retention import LETTERS, RULES, Rule, keep_while, rule_of, without_needed
from repairs_restorals.erasing import forget_messages, forget_tickets
from repairs_restorals.models import (
    BeforeAfter,
    Custody,
    Loan,
    Quote,
    QuoteLine,
    RepairForm,
    ServiceTicket,
    TicketEvent,
    TicketImage,
    TicketMessage,
    Workshop,
)


def ended_tickets(before: datetime) -> QuerySet[ServiceTicket]:
    closed = ServiceTicket.objects.closed().filter(touched_at__lt=before)
    return without_needed(closed)


def tickets_over(before: datetime) -> QuerySet[Any]:
    return ended_tickets(before).exclude(title=ERASED).annotate(over_since=F("touched_at"))


def shown_photos() -> QuerySet[TicketImage]:
    """Those that anybody may see, until their owner takes the consent back."""
    shown = BeforeAfter.objects.filter(shown=True)
    return TicketImage.objects.filter(
        Exists(shown.filter(before=OuterRef("pk"))) | Exists(shown.filter(after=OuterRef("pk")))
    )


def photos_over(before: datetime) -> QuerySet[Any]:
    old = TicketImage.objects.filter(ticket__in=ended_tickets(before).values("pk"))
    return old.exclude(pk__in=shown_photos()).annotate(over_since=F("ticket__touched_at"))


def messages_over(before: datetime) -> QuerySet[Any]:
    """Not those whose photos are kept for longer, or shown."""
    old = TicketMessage.objects.filter(ticket__in=ended_tickets(before).values("pk"))
    bare = old.filter(~Exists(kept_photos().filter(message=OuterRef("pk"))))
    return bare.annotate(over_since=F("ticket__touched_at"))


def kept_photos() -> QuerySet[TicketImage]:
    return TicketImage.objects.exclude(pk__in=rule_of("photos").rows().values("pk"))


def take_photos(keys: list[Any]) -> None:
    TicketImage.objects.filter(pk__in=keys).delete()


def take_messages(keys: list[Any]) -> None:
    forget_messages(TicketMessage.objects.filter(pk__in=keys))


def take_tickets(keys: list[Any]) -> None:
    shown = shown_photos().filter(ticket__in=keys).values_list("pk", flat=True)
    forget_tickets(keys, but_photos=list(shown))


def is_lent() -> Any:
    return Exists(Loan.objects.out().filter(ticket=OuterRef("pk")))


def is_in_house() -> Any:
    """The thing is still here, such as of a repair that was cancelled."""
    here = Custody.objects.last_of_each().in_house().filter(ticket=OuterRef("pk"))
    # Staff may type the same sign for a place; of a ticket, nobody can for a title.
    return Exists(here.exclude(place=ERASED, ticket__title=ERASED))


def has_address_of_workshop() -> Any:
    return Exists(Workshop.objects.filter(email=OuterRef("email"), email__gt=""))


def tickets_of_account() -> Any:
    over = rule_of("tickets").rows().values("pk")
    left = ServiceTicket.objects.exclude(title=ERASED).exclude(pk__in=over)
    return Q(pk__in=left.values("customer"))


keep_while(ServiceTicket, is_lent)
keep_while(ServiceTicket, is_in_house)
keep_while(User, tickets_of_account)
keep_while(User, has_address_of_workshop)
OF_TICKETS = (*(ServiceTicket, TicketEvent, Quote, QuoteLine, RepairForm, Custody, Loan),)
RULES.extend(
    [
        Rule(
            "photos",
            _("Photos of repairs, once those are over"),
            _(
                "to show how a thing was when a claim is made; those that you let us show stay "
                "until you take that back"
            ),
            (TicketImage, BeforeAfter),
            over=photos_over,
            take=take_photos,
            default=2 * 365,
            least=30,
            most=10 * 365,
        ),
        Rule(
            "messages",
            _("Messages about repairs, once those are over"),
            _(
                "for guarantee and claims, and because laws on letters of business may ask for it; "
                "as long as the photos that came with them"
            ),
            (TicketMessage,),
            over=messages_over,
            take=take_messages,
            **LETTERS | {"least": 1},
        ),
        Rule(
            "tickets",
            _("Words on repairs and quotes, from where a quote was accepted"),
            _(
                "for withdrawal, guarantee and claims, and because laws on letters of business "
                "may ask for it; messages and photos go with them at the latest, what was agreed "
                "and done for how much stays without your name"
            ),
            OF_TICKETS,
            over=tickets_over,
            take=take_tickets,
            **LETTERS,
        ),
    ]
)
