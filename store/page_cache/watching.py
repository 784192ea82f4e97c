"""What the database says has changed, in one statement of each request.

On PostgreSQL triggers write down each change (see `CatalogueChange`). Transactions are not over in
the order in which they began: a row counts as new for as long as its transaction may have gone on
when this process asked last. On SQLite a connection is told of any change at all.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models.expressions import RawSQL

from store.models import EVERYTHING, SEARCH, Item, Piece
from store.models.catalogue import ends_of_items
from store.statements import on_any_connection

# For how long a change is kept for who has not asked: whoever asks later forgets all.
KEPT_FOR = timedelta(minutes=10)
NO_ITEM = 0
# So many things stand on the front page.
ARRIVALS = 9


class Shown(NamedTuple):
    """What on a page time and visitors change, as it was read for it."""

    # How far holds keep things from others, by their keys: `ItemQuerySet.with_availability`.
    ends: Mapping[int, str]
    # A thing whose page says how many of it nobody holds; none is held.
    unheld: int = NO_ITEM
    # On the front page: the keys of the newest that are available, ARRIVALS at most.
    arrivals: tuple[int, ...] | None = None
    # Whether other things, too, decide what is on it: any that changes may come or go.
    by_any: bool = False

    @property
    def items(self) -> frozenset[int]:
        """All of them: when one changes, so does the page."""
        of_any = [SEARCH] if self.by_any else []
        items = [*self.ends, *(self.arrivals or ()), self.unheld, *of_any]
        return frozenset(items) - {NO_ITEM}

    @property
    def is_free(self) -> bool:
        """Whether all could be had: while nobody holds any of them, it is so still."""
        return not any(self.ends.values())


class Answer(NamedTuple):
    """What the database says at one moment: how the log stands, and what is shown now."""

    log: Any
    shown: Shown


class PostgresqlWatch:
    """One for a process; its threads ask at the same time, and note under one lock."""

    def __init__(self) -> None:
        # All transactions before it are over and seen.
        self.position = 0
        # Rows of later ones that are seen, and their transactions.
        self.seen: dict[int, int] = {}
        self.asked_at = 0.0
        # Which database it is, and since when its server runs.
        self.whole = ""

    def ask(self, shown: Shown) -> Answer:
        """In one statement, and a second one where something on the page is held."""
        with on_any_connection():
            return self.read(shown)

    def read(self, shown: Shown) -> Answer:
        with connection.cursor() as cursor:
            if shown.is_free:
                cursor.execute(*free_statement(shown, self.position))
                *log, held, arrivals = cursor.fetchone()
                if not held:
                    return Answer(log, shown._replace(arrivals=arrivals_of(shown, arrivals)))
            cursor.execute(*statement(shown, self.position))
            row = cursor.fetchone()
        return Answer(row[:LOG], as_shown(shown, *row[LOG:]))

    def note(self, answer: Answer) -> set[int]:
        """What it tells that was not told before: keys of things, or EVERYTHING."""
        whole, now, oldest, found = answer.log
        rows = json.loads(found or "[]")
        is_late = now - self.asked_at > KEPT_FOR.total_seconds()
        if whole != self.whole:
            # Brought back from a backup, or another server: nothing that was kept is of it.
            self.whole, self.position, self.seen, is_late = whole, 0, {}, True
        changed = {item for row, _transaction, item in rows if row not in self.seen}
        self.seen |= {row: transaction for row, transaction, _item in rows}
        self.asked_at = max(now, self.asked_at)
        if oldest > self.position:
            self.position = oldest
            self.seen = {row: of for row, of in self.seen.items() if of >= oldest}
        return {EVERYTHING} if is_late else changed


class SqliteWatch:
    """One for a connection, which is told of any change at all."""

    def __init__(self) -> None:
        self.log: object = None

    def ask(self, shown: Shown) -> Answer:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            (by_others,) = cursor.fetchone()
            database: Any = connection.connection
            log = (database, by_others, database.total_changes)
            cursor.execute(*statement(shown))
            return Answer(log, as_shown(shown, *cursor.fetchone()))

    def note(self, answer: Answer) -> set[int]:
        is_changed, self.log = answer.log != self.log, answer.log
        return {EVERYTHING} if is_changed else set()


def as_shown(asked: Shown, ends: str | None, held: int | None, arrivals: str | None) -> Shown:
    return asked._replace(
        ends={int(item): end for item, end in json.loads(ends or "{}").items()},
        unheld=NO_ITEM if held else asked.unheld,
        arrivals=arrivals_of(asked, arrivals),
    )


def arrivals_of(asked: Shown, arrivals: str | None) -> tuple[int, ...] | None:
    return None if asked.arrivals is None else tuple(json.loads(arrivals or "[]"))


# So many columns.
LOG = 4
SINCE = """
concat_ws(' ', 'store_cataloguechange'::regclass::oid, pg_postmaster_start_time()),
extract(epoch FROM now())::float8, pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
(SELECT json_agg(json_build_array(id, xid::text::bigint, item_id))::text
 FROM store_cataloguechange WHERE xid >= %s::text::xid8)
"""
HELD = """
EXISTS (SELECT 1 FROM store_piece WHERE item_id = ANY(%s) AND held_until > statement_timestamp())
"""
# Stand among parameters, each for what is asked.
KEYS, UNHELD = object(), object()
Part = tuple[str, tuple[Any, ...]]
NOTHING: Part = "NULL", ()


def statement(shown: Shown, position: int | None = None) -> tuple[str, list[Any]]:
    """What is asked at once: what has changed since a position, if one is given, and the rest."""
    parts = [
        ends_part() if shown.ends else NOTHING,
        held_part() if shown.unheld else NOTHING,
        NOTHING if shown.arrivals is None else arrivals_part(),
    ]
    values = {KEYS: as_array([*shown.ends]), UNHELD: as_array([shown.unheld])}
    params = [values.get(param, param) for _sql, given in parts for param in given]
    asked = [sql for sql, _given in parts]
    if position is not None:
        asked, params = [SINCE, *asked], [str(position), *params]
    return f"SELECT {', '.join(asked)}", params


def free_statement(shown: Shown, position: int) -> tuple[str, list[Any]]:
    """The same in short, for what nobody held."""
    arrivals, given = NOTHING if shown.arrivals is None else arrivals_part()
    items = [*shown.ends, *([shown.unheld] if shown.unheld else [])]
    held, keys = (HELD, [items]) if items else ("false", [])
    return f"SELECT {SINCE}, {held}, {arrivals}", [str(position), *keys, *given]


def as_array(keys: list[int]) -> Any:
    return keys if connection.vendor == "postgresql" else json.dumps(keys)


def among(param: object) -> RawSQL:
    is_postgresql = connection.vendor == "postgresql"
    each = "SELECT unnest(%s::bigint[])" if is_postgresql else "SELECT value FROM json_each(%s)"
    return RawSQL(each, [param])  # noqa: S611 (two constants)


@cache
def ends_part() -> Part:
    query = (
        ends_of_items(Piece.objects.filter(item__in=among(KEYS))).values("item_id", "ends").query
    )
    sql, params = query.sql_with_params()
    to_object = "json_group_object(item_id, ends)"
    if connection.vendor == "postgresql":
        to_object = "json_object_agg(item_id, ends)::text"
    return f"(SELECT {to_object} FROM ({sql}) found)", params  # noqa: S608


@cache
def held_part() -> Part:
    sql, params = Piece.objects.held().filter(item__in=among(UNHELD)).query.sql_with_params()
    return f"(SELECT count(*) FROM ({sql}) found)", params  # noqa: S608


@cache
def arrivals_part() -> Part:
    newest = Item.objects.available().order_by("-pk").values("id")[:ARRIVALS]
    sql, params = newest.query.sql_with_params()
    is_postgresql = connection.vendor == "postgresql"
    to_array = "json_agg(id)::text" if is_postgresql else "json_group_array(id)"
    return f"(SELECT {to_array} FROM ({sql}) found)", params  # noqa: S608
