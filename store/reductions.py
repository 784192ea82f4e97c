"""Which price a reduction is announced from: Article 6a of Directive 98/6/EC."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from store.models import Item, PastPrice

# Article 6a(2). The days are those before the reduction, not before today.
DAYS_BEFORE = timedelta(days=30)


def lowest_before(item_id: int, price: Decimal) -> Decimal | None:
    """The lowest price of the 30 days before a thing came, or comes, to cost `price`.

    None when it never was published for another one.
    """
    past = list(PastPrice.objects.filter(item=item_id).values_list("price", "until"))
    now = Item.objects.filter(pk=item_id, published=True).values_list("price", flat=True).first()
    if now is not None and now != price:
        past.append((now, timezone.now()))
    others = [(was, until) for was, until in past if was != price]
    if not others:
        return None
    began = max(until for _was, until in others)
    return min(was for was, until in past if until > began - DAYS_BEFORE)
