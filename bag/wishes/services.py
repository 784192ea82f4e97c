"""Wishing for something like a thing that is gone, and hearing of it."""

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from accounts.locking import lock_owner
from accounts.models import User, UserManager
from accounts.networks import network_of
from bag.exceptions import JoinedTooOften, TooMuchMail, Unsubscribed, WishesEnded
from bag.pseudonyms import hashed
from bag.rate_limit import consume
from bag.waitlist.models import MailOptOut
from bag.wishes.models import WISH_LASTS, Wish
from mail.outbox import enqueue_mail
from store.models import Item, ShopProfile

WISHES_A_ROUND = 50


@transaction.atomic
def wish_for(*, item: Item, email: str, customer: User | None, address: str, site: str) -> None:
    """Remember to tell an address of what is like an item; once is enough.

    Raises Unsubscribed, WishesEnded, TooMuchMail for an address that wishes for much, or
    JoinedTooOften; and AccountGone.
    """
    customer = customer and lock_owner(customer)
    email = UserManager.normalize_email(email)
    wishes = Wish.objects.lasting().filter(email=email)
    if wishes.filter(item=item).exists():
        return
    if MailOptOut.objects.filter(pk=hashed(email)).exists():
        raise Unsubscribed
    if customer is None and MailOptOut.objects.filter(pk=ended_of(email)).exists():
        raise WishesEnded
    if wishes.count() >= 2 * settings.WAITLIST_LIMIT:
        raise TooMuchMail
    if address:
        where = hashed(network_of(address))
        consume(f"wish {where}", 1, limit=4 * settings.WAITLIST_LIMIT, refusal=JoinedTooOften)
    newest = Item.with_bin.aggregate(pk=Max("pk"))["pk"]
    Wish.objects.filter(item=item, email=email).delete()
    Wish.objects.create(item=item, email=email, customer=customer, site=site, seen_item=newest)


def ended_of(email: str) -> str:
    return hashed(f"wishes of {email}")


@transaction.atomic
def end_wishes(*, secret: str) -> None:
    """End all wishes of the address that was mailed this. Nobody without its account begins others.

    For anybody may type an address, and its owner would have to end one wish after the other.
    """
    if wish := Wish.objects.filter(secret=secret).first():
        if wish.customer_id is None:
            MailOptOut.objects.get_or_create(pk=ended_of(wish.email))
        Wish.objects.filter(email=wish.email).delete()


def tell_wishes() -> int:
    """Write to those for whom something has come in; return how many. Forget old wishes."""
    Wish.objects.filter(asked_at__lte=Now() - WISH_LASTS).delete()
    # Who wishes for several things hears once: with the oldest wish comes what all of them want.
    wishes = Wish.objects.to_tell().select_related("item", "customer").order_by("seen_item", "pk")
    return sum(map(tell, wishes[:WISHES_A_ROUND]))


@transaction.atomic
def tell(wish: Wish) -> bool:
    """Write one mail about all that is new; False when another process has, or it is unwanted.

    It answers all wishes of its address for this category.
    """
    news = wish.news
    mine = Wish.objects.to_tell().filter(pk=wish.pk, seen_item=wish.seen_item)
    if not news or not mine.update(seen_item=news[0].pk, told_at=Now()):
        return False
    alike = Wish.objects.to_tell().filter(email=wish.email, item__category=wish.item.category_id)
    alike.update(seen_item=news[0].pk, told_at=Now())
    if MailOptOut.objects.filter(pk=hashed(wish.address)).exists():
        return False
    stop = wish.site + wish.get_absolute_url()
    enqueue_mail(
        "bag.wish",
        to=wish.address,
        language=wish.language,
        context={"wish": wish, "news": news, "stop": stop},
        reply_to=ShopProfile.get_solo().email,
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        site=wish.site,
    )
    return True
