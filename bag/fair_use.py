"""Nobody can empty the shop with holds: how much one bag, address or account may take.

The limits are settings; what has been used of them is kept in the database, so that they
hold across processes and restarts. An honest shopper never meets them.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Func, TextField
from django.db.models.functions import Greatest, Now
from django.db.models.sql.compiler import SQLCompiler

from accounts.models import User
from bag.exceptions import TooManyTakes
from bag.models import Allowance
from bag.pseudonyms import hashed

HOUR = timedelta(hours=1)
AT_ONCE = 1000
ADVISORY_LOCK = "pg_advisory_xact_lock(hashtextextended(%s, 0))"


def lock(name: str) -> None:
    """Let those who act for the same bag or person take turns until the transaction ends.

    SQLite has one writer at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {ADVISORY_LOCK}", [name])


class Turn(Func):
    """`lock` for a name, while a row is read: it saves a statement of its own."""

    template = ADVISORY_LOCK % "%(expressions)s"
    output_field = TextField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s", **context)


def spend_takes(quantity: int, *, customer: User | None, address: str) -> None:
    """Count so many takes for an address and an account; raise TooManyTakes if that is too much.

    What a failed take has spent comes back with the rollback of its transaction.
    """
    if address:
        spend(f"address {hashed(network(address))}", quantity, limit=settings.TAKES_PER_ADDRESS)
    if customer:
        spend(f"account {customer.pk}", quantity, limit=settings.TAKES_PER_ACCOUNT)


def spend(holder: str, quantity: int, *, limit: int) -> None:
    """Use `quantity` of the `limit` that a holder has in any hour, or raise TooManyTakes."""
    cost = quantity * HOUR / limit
    enough = Allowance.objects.filter(holder=holder, used_until__lte=Now() + HOUR - cost)
    spent = {"used_until": Greatest("used_until", Now()) + cost}
    if enough.update(**spent):
        return
    new = Allowance(holder=holder, used_until=Now())
    Allowance.objects.bulk_create([new], ignore_conflicts=True)
    if not enough.update(**spent):
        raise TooManyTakes(again_at=again_at(holder, quantity, limit))


def again_at(holder: str, quantity: int, limit: int) -> datetime:
    """When so many takes will be allowed again."""
    used_until = Allowance.objects.values_list("used_until", flat=True).get(pk=holder)
    return used_until + quantity * HOUR / limit - HOUR


def network(address: str) -> str:
    """What one visitor has of addresses: an IPv4 address, or a whole /64 of IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    # As a server that listens on both sees addresses of the fourth version.
    return str(found.ipv4_mapped or ip_network(f"{address}/64", strict=False))


@transaction.atomic
def forget_allowances() -> int:
    """Drop the allowances of those who have all of theirs again; return how many.

    Those that somebody is using, or another process is dropping, are passed over.
    """
    unused = Allowance.objects.filter(used_until__lt=Now())
    if connection.features.has_select_for_update_skip_locked:
        unused = unused.select_for_update(skip_locked=True)
    chosen = list(unused.values_list("pk", flat=True)[:AT_ONCE])
    return Allowance.objects.filter(pk__in=chosen).delete()[0]
