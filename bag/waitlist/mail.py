"""Mails to those who wait: that it is their turn, or that there is nothing to wait for."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bag.waitlist.models import WaitlistEntry
from mail.outbox import MailEvent, enqueue_mail, register
from mail.wordings import Placeholder
from store.letters import pictures_of_items
from store.models import Item, Piece, ShopProfile
from typed.languages import reverse_in

WHO_WAITS = _("who waits for it")
STORE = '{{ site }}{% url "store:list" %}'
ENTRY = {
    "title": Placeholder(_("the thing"), "{{ entry.item.translated.title }}"),
    "stop": Placeholder(_("where to have no more such mails"), "{{ stop }}"),
    "store": Placeholder(_("where all things are"), STORE),
}
ABOUT = "{{ entry.item.translated.title }}"
# Those of a thing that is removed just now will not be there any more.
PICTURES = pictures_of_items(
    lambda context: [] if context["is_removed"] else [context["entry"].item]
)

register(
    MailEvent(
        "bag.turn",
        when=_("It is somebody’s turn to have a thing"),
        to=WHO_WAITS,
        seen_with="bag.view_hold",
        placeholders={
            **ENTRY,
            "link": Placeholder(_("where it is taken"), "{{ site }}{{ entry.get_absolute_url }}"),
            "time": Placeholder(
                _("until when it is held"),
                "{% load clock_time %}{{ entry.piece.held_until|clock_time }}",
            ),
        },
        about=ABOUT,
        needed=["link", "stop"],
        pictures=PICTURES,
    ),
    MailEvent(
        "bag.sold",
        when=_("A thing was sold to somebody else"),
        to=WHO_WAITS,
        seen_with="bag.view_hold",
        placeholders=ENTRY,
        about=ABOUT,
        needed=["stop"],
        button=STORE,
        pictures=PICTURES,
    ),
    MailEvent(
        "bag.withdrawn",
        when=_("A thing is no longer for sale"),
        to=WHO_WAITS,
        seen_with="bag.view_hold",
        placeholders=ENTRY,
        about=ABOUT,
        needed=["stop"],
        button=STORE,
        pictures=PICTURES,
    ),
)


def notify_waitlists() -> int:
    """Write to those whose turn it is or whose waiting has ended, each once; return how many."""
    entries = WaitlistEntry.objects.to_notify().with_current_state().order_by("pk")
    return sum(map(notify, entries.select_related("item", "piece", "customer")))


@transaction.atomic
def notify_of_removal(item: Item) -> None:
    """Tell those who still wait for a thing that is removed for good, and their places with it."""
    of_item = WaitlistEntry.objects.filter(item=item)
    of_item.waiting().update(state=WaitlistEntry.State.SOLD, changed_at=Now(), notified_at=None)
    ended = of_item.to_notify().with_current_state().order_by("pk")
    for entry in ended.select_related("piece", "customer"):
        entry.item = item
        notify(entry, is_removed=True)


@transaction.atomic
def notify(entry: WaitlistEntry, *, is_removed: bool = False) -> bool:
    """Write an entry's mail; False when others have, or when it is not wanted.

    Mail and mark are one transaction: the UPDATE makes others wait for it, and then find
    nothing left to tell.
    """
    mine = WaitlistEntry.objects.to_notify().filter(pk=entry.pk, state=entry.state)
    if not (mine.update(notified_at=Now()) and entry.is_mailed):
        return False
    shop = ShopProfile.get_solo()
    token = entry.unsubscribe_token
    stop = entry.site + reverse_in(entry.language, "bag:waitlist-unsubscribe", token)
    turn = entry.current_state == WaitlistEntry.State.OFFERED
    enqueue_mail(
        event_for(entry),
        to=entry.address,
        language=entry.language,
        context={"entry": entry, "stop": stop, "is_removed": is_removed},
        reply_to=shop.email,
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        site=entry.site,
        useful_until=entry.piece.held_until if turn and entry.piece else None,
    )
    return True


def event_for(entry: WaitlistEntry) -> str:
    if entry.current_state == WaitlistEntry.State.OFFERED:
        return "bag.turn"
    sold = Piece.objects.filter(item=entry.item, sold_at__isnull=False).exists()
    return "bag.sold" if sold else "bag.withdrawn"
