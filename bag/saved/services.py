"""Saving things and letting go of them: in the session of a guest, in the account of a customer."""

from typing import Any

from django.db import transaction

from accounts.locking import lock_owner
from accounts.models import User
from bag.exceptions import SavedLimitReached
from bag.models import SavedItem
from bag.session import SAVED, Bag
from store.models import Item

# Every page of a visitor reads what is saved.
SAVED_ITEMS_LIMIT = 100


def save_item(*, bag: Bag, item: Item) -> None:
    """Remember an item for the visitor, or raise SavedLimitReached."""
    if item.pk in bag.saved:
        return
    if len(bag.saved) >= SAVED_ITEMS_LIMIT:
        raise SavedLimitReached(limit=SAVED_ITEMS_LIMIT)
    if bag.customer:
        keep(bag.customer, [item.pk])
    else:
        bag.session[SAVED] = [*bag.saved, item.pk]


def unsave_item(*, bag: Bag, item: Item) -> None:
    if bag.customer:
        SavedItem.objects.filter(customer=bag.customer, item=item).delete()
    elif item.pk in bag.saved:
        bag.session[SAVED] = [pk for pk in bag.saved if pk != item.pk]


def saved_items(bag: Bag) -> list[Item]:
    """What the visitor has saved and everybody may see, the last first.

    A guest's session is rid of what is not shown any more, as its number is on every page.
    """
    if bag.customer:
        saved = SavedItem.objects.filter(customer=bag.customer).order_by("-pk")
        pks = list(saved.values_list("item", flat=True))
    else:
        pks = bag.saved[::-1]
    found = Item.objects.published().prefetch_related("images").in_bulk(pks)
    items = [found[pk] for pk in pks if pk in found]
    if not bag.customer and len(items) < len(pks):
        bag.session[SAVED] = bag.saved = [item.pk for item in reversed(items)]
    return items


def hand_to_account(*, session: Any, customer: User) -> None:
    """What a guest has saved is the customer's from now on, even if that is more than the limit."""
    if pks := session.pop(SAVED, None):
        there = Item.objects.in_bulk(pks)
        keep(customer, [pk for pk in pks if pk in there])


@transaction.atomic
def keep(customer: User, pks: list[int]) -> None:
    """Write down what is not there yet; two clicks at once are one. Raises AccountGone."""
    customer = lock_owner(customer)
    new = [SavedItem(customer=customer, item_id=pk) for pk in pks]
    SavedItem.objects.bulk_create(new, ignore_conflicts=True)
