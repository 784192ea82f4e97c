"""Nobody can empty the shop with holds: how much one bag, address or account may take.

The limits are settings; what has been used of them is kept in the database, so that they
hold across processes and restarts. An honest shopper never meets them.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import CharField, DurationField
from django.db.models.functions import Greatest, Now

from accounts.limits import COUNTERS
from accounts.models import User
from accounts.networks import network_of
from bag.exceptions import RateLimitExceeded
from bag.models import RateLimit
from bag.pseudonyms import hashed
from store.statements import Change

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNUSED_PER_ROUND = 1000
# What tells the counts of one holder apart.
SUFFIX = {HOUR: "", DAY: " a day"}


def consume_holds(quantity: int, *, customer: User | None, address: str) -> None:
    """Count so many holds for an address and an account, or raise RateLimitExceeded.

    What a failed attempt has consumed comes back with the rollback of its transaction.
    """
    if address:
        consume(
            f"address {hashed(network_of(address))}",
            quantity,
            limit=settings.HOLDS_PER_HOUR_PER_ADDRESS,
        )
    if customer:
        consume(f"account {customer.pk}", quantity, limit=settings.HOLDS_PER_HOUR_PER_ACCOUNT)


def consumed(holder: Any, cost: Any, rest: Any) -> tuple[Any, dict[str, Any]]:
    enough = RateLimit.objects.filter(holder=holder, used_until__lte=Now() + rest)
    return enough, {"used_until": Greatest("used_until", Now()) + cost}


CONSUME = Change(consumed, holder=CharField(), cost=DurationField(), rest=DurationField())


def consume(
    holder: str,
    quantity: int,
    *,
    limit: int,
    refusal: type[RateLimitExceeded] = RateLimitExceeded,
    period: timedelta = HOUR,
) -> None:
    """Use `quantity` of a holder's `limit` in any `period`, or raise RateLimitExceeded."""
    cost = quantity * period / limit
    if CONSUME.make(holder=holder, cost=cost, rest=period - cost):
        return
    # Together: the timer would take a new row for one that is used up and forgotten.
    with transaction.atomic():
        new = RateLimit(holder=holder, used_until=Now())
        RateLimit.objects.bulk_create([new], ignore_conflicts=True)
        if not CONSUME.make(holder=holder, cost=cost, rest=period - cost):
            raise refusal(again_at=again_at(holder, period - cost))


def again_at(holder: str, rest: timedelta) -> datetime:
    """When as much will be allowed again as leaves this `rest` of the period."""
    used_until = RateLimit.objects.values_list("used_until", flat=True).get(pk=holder)
    return used_until - rest


def counted(
    name: str, of: str, limit: int, quantity: int = 1, *, period: timedelta = HOUR
) -> datetime | None:
    """Count so many for an address or another name; when there may be more, once it is too much.

    For `accounts.limits`, and whoever else has no refusal of its own.
    """
    try:
        consume(
            f"{name} {hashed(network_of(of) + SUFFIX[period])}",
            quantity,
            limit=limit,
            period=period,
        )
    except RateLimitExceeded as refusal:
        return refusal.again_at
    return None


COUNTERS["hour"] = counted
COUNTERS["day"] = partial(counted, period=DAY)


@transaction.atomic
def delete_unused_rate_limits() -> int:
    """Delete the limits of which nothing is used any more; return how many.

    Those that somebody is using, or another process is dropping, are passed over.
    """
    unused = RateLimit.objects.filter(used_until__lt=Now())
    if connection.features.has_select_for_update_skip_locked:
        unused = unused.select_for_update(skip_locked=True)
    chosen = list(unused.values_list("pk", flat=True)[:UNUSED_PER_ROUND])
    return RateLimit.objects.filter(pk__in=chosen).delete()[0]
