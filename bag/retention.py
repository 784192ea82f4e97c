"""How long wishes, saved things and places on waitlists are kept."""

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.own_retention import deleted, fixed, older
from accounts.retention import RULES, Rule
from bag.models import SavedItem, WaitlistEntry, Wish
from bag.wishes.models import WISH_LASTS


def ended_entries(before: datetime) -> QuerySet[Any]:
    """Whoever waits still is not among them."""
    ended = WaitlistEntry.objects.ended().filter(changed_at__lt=before)
    return ended.annotate(over_since=F("changed_at"))


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
