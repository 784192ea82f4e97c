"""How long wishes, saved things and places on waitlists are kept."""

from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.own_retention import deleted, fixed, older
from accounts.retention import RULES, Rule, keep_while, rule_of
from bag.asked.services import forget_requests
from bag.models import SavedItem, ShippingRequest, WaitlistEntry, Wish
from bag.wishes.models import WISH_LASTS


def ended_entries(before: datetime) -> QuerySet[Any]:
    """Whoever waits still is not among them."""
    ended = WaitlistEntry.objects.ended().filter(changed_at__lt=before)
    return ended.annotate(over_since=F("changed_at"))


def requests_over(before: datetime) -> QuerySet[Any]:
    """Not what is reserved still."""
    since = ShippingRequest.objects.annotate(over_since=Coalesce("answered_at", "asked_at"))
    over = since.filter(over_since__lt=before)
    return over.exclude(pk__in=ShippingRequest.objects.offered().values("pk"))


def wants_something() -> Any:
    """They wait for a thing, or for one like it, and are to be told."""
    places = WaitlistEntry.objects.open().exclude(customer=None)
    wishes = Wish.objects.exclude(customer=None).exclude(
        pk__in=rule_of("wishes").rows().values("pk")
    )
    return Q(pk__in=places.values("customer")) | Q(pk__in=wishes.values("customer"))


keep_while(User, wants_something)
RULES.extend(
    [
        Rule(
            "waitlist",
            _("Places on waiting lists, once they have ended"),
            _("so that links in mails can still say what became of it"),
            (WaitlistEntry,),
            over=ended_entries,
            take=deleted(WaitlistEntry),
            default=30,
            least=1,
            most=365,
        ),
        fixed(
            WISH_LASTS,
            "wishes",
            _("Wishes to hear of something like a thing"),
            _("to write when it comes in"),
            (Wish,),
            over=older(Wish, "asked_at"),
            take=deleted(Wish),
        ),
        Rule(
            "shipping-requests",
            _("Questions about what sending a thing costs, and our answers"),
            _("so that you and we can read them again"),
            (ShippingRequest,),
            over=requests_over,
            take=forget_requests,
            default=365,
            least=90,
            most=5 * 365,
        ),
        Rule(
            "saved",
            _("Things that you have saved"),
            _("so that you find them again"),
            (SavedItem,),
            over=older(SavedItem, "saved_at"),
            take=deleted(SavedItem),
            default=2 * 365,
            least=30,
            most=5 * 365,
        ),
    ]
)
