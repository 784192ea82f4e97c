"""Change many things together, and undo it."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from store.models import BulkChange, Category, Item
from store.publishing import items_without_margin, items_without_papers
from store.services import index_items, lock_items

ITEMS_PER_UPDATE = 500
# The new value of a column of a thing.
Wishes = Mapping[str, Callable[[Item], Any]]
Changes = dict[str, dict[str, list[Any]]]


def changes_of(items: Iterable[Item], wishes: Wishes) -> Changes:
    """What would become other than it is, by the number of the thing."""
    found: Changes = {}
    for item in items:
        changed = {
            name: [plain(getattr(item, name)), plain(new)]
            for name, wish in wishes.items()
            if (new := wish(item)) != getattr(item, name)
        }
        if changed:
            found[str(item.pk)] = changed
    return found


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


@transaction.atomic
def change_items(*, item_ids: list[int], wishes: Wishes, actor: User) -> BulkChange:
    """Change things together, with what they were written down."""
    lock_items(item_ids)
    items = list(Item.objects.filter(pk__in=item_ids))
    changes = changes_of(items, wishes)
    new = {number: {name: new for name, (_, new) in of.items()} for number, of in changes.items()}
    write(items, new)
    return BulkChange.objects.create(actor=actor, fields=changes)


@transaction.atomic
def undo(change: BulkChange) -> tuple[int, int]:
    """Put back what nobody has changed since; return how many things that is, and how many not.

    A change that is undone already changes nothing. A thing whose category of before is gone stays
    as it is, with all else that was changed of it; so does one that may not be as it was any more.
    """
    locked = BulkChange.objects.select_for_update().filter(undone_at=None)
    if not (change := locked.filter(pk=change.pk).first()):  # type: ignore[assignment]
        return 0, 0
    lock_items(int(number) for number in change.fields)
    gone, hindered = gone_categories(change), hindered_by(change)
    back = {}
    items = list(Item.objects.filter(pk__in=change.fields))
    for item in items:
        of = change.fields[str(item.pk)]
        is_possible = of.get("category_id", [None])[0] not in gone and item.pk not in hindered
        if is_possible and all(same(getattr(item, name), new) for name, (_, new) in of.items()):
            back[str(item.pk)] = {name: old for name, (old, _) in of.items()}
    left = len(change.fields) - len(back)
    write(items, back)
    BulkChange.objects.filter(pk=change.pk).update(undone_at=Now())
    return len(back), left


def gone_categories(change: BulkChange) -> set[int]:
    """Categories of before a change that nothing can be put back into; locks those that are."""
    before = {of["category_id"][0] for of in change.fields.values() if "category_id" in of}
    # Nobody deletes one between this look and the end of the transaction.
    there = Category.objects.select_for_update(no_key=True).filter(pk__in=before).order_by("pk")
    return before - set(there.values_list("pk", flat=True))


def hindered_by(change: BulkChange) -> set[int]:
    """Things that lack papers by now and would be published, or may not go by the margin scheme."""

    def to_be(name: str, value: Any) -> list[int]:
        return [int(pk) for pk, of in change.fields.items() if of.get(name, [None])[0] == value]

    shown, by_margin = to_be("published", value=True), to_be("tax_scheme", Item.TaxScheme.MARGIN)
    return items_without_papers(shown) | items_without_margin(by_margin)


def same(value: Any, written: Any) -> bool:
    """Whether a column still has the value that was written into a change."""
    if isinstance(value, Decimal):
        return written is not None and value == Decimal(written)
    return bool(value == written)


def write(items: list[Item], values: Mapping[str, Mapping[str, Any]]) -> None:
    """Write columns of locked things, by their numbers, all of one column in one statement."""
    changed = [item for item in items if str(item.pk) in values]
    names = set()
    for item in changed:
        for name, value in values[str(item.pk)].items():
            is_amount = name in ("price", "shipping") and value is not None
            setattr(item, name, Decimal(value) if is_amount else value)
            names.add(name.removesuffix("_id"))
    if names:
        Item.objects.bulk_update(changed, sorted(names), batch_size=ITEMS_PER_UPDATE)
        Item.objects.filter(pk__in=values).update(updated_at=Now())
    if "category" in names:
        index_items(int(number) for number in values)
