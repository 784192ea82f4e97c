"""How long each kind of personal data is kept, and why: one table, and the timer that keeps to it.

Each app names its rules in a module `retention`; a test fails for a model with personal data of
which none speaks. What the timer takes away, it takes by what erases on request: there is one way.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Min, Model, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.retention_periods import RetentionPeriod
from outside.rounds import in_time

logger = logging.getLogger(__name__)
LOOK_AGAIN_AFTER = timedelta(hours=1)
SECONDS_A_ROUND = 5.0
ROWS_AT_ONCE = 200
DAYS_OF_A_YEAR = 365
# Letters of business: § 147(1) no. 2, 3 and (3) AO; down to the three years in which claims lapse.
LETTERS: dict[str, Any] = {"default": 6, "least": 3, "most": 10, "in_years": True}


class RetentionFailed(Exception):
    """What is over could not be taken away; it names the kinds."""


@dataclass(frozen=True)
class Rule:
    """A row of the table: what is kept for how long, and how that is ended."""

    name: str
    # In words for customers: what it is, and why it is kept.
    what: Promise
    why: Promise
    models: tuple[type[Model], ...]
    # What was over before a moment and nobody needs, each row with `over_since`.
    over: Callable[[datetime], QuerySet[Any]]
    # Takes rows away, or out of them whose they were, by their keys.
    take: Callable[[list[Any]], object]
    default: int | Callable[[], int]
    # Between these the owner chooses; where they are the same there is nothing to choose.
    least: int | Callable[[], int]
    most: int
    # Whole years after that in which it ended, as the law counts of books; else days.
    in_years: bool = False
    at_once: int = ROWS_AT_ONCE
    # The rule whose period and words it has.
    like: str = ""

    @property
    def shortest(self) -> int:
        return self.least() if callable(self.least) else self.least

    @property
    def suggested(self) -> int:
        return self.default() if callable(self.default) else self.default

    @property
    def is_fixed(self) -> bool:
        return self.least == self.most

    @property
    def length(self) -> int:
        """How long it is kept: as the owner has said, within the bounds, or as suggested."""
        row = RetentionPeriod.objects.filter(pk=self.like or self.name).first()
        return self.length_by(row)

    def length_by(self, row: RetentionPeriod | None) -> int:
        if self.is_fixed or row is None or row.length is None:
            return self.suggested
        return max(self.shortest, min(row.length, self.most))

    def rows(self) -> QuerySet[Any]:
        """What is over now, and not needed by what is under way."""
        return without_needed(self.over(self.before()))

    def before(self) -> datetime:
        """What ended before this moment is over."""
        now = timezone.localtime()
        if not self.in_years:
            return now - timedelta(days=self.length)
        this_year = now.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
        return this_year.replace(year=now.year - self.length)

    def ends(self, over_since: datetime) -> datetime:
        """When the time was up of what ended then."""
        if not self.in_years:
            return over_since + timedelta(days=self.length)
        ended = timezone.localtime(over_since)
        return ended.replace(
            year=ended.year + self.length + 1, month=1, day=1, hour=0, minute=0, second=0
        )

    def in_words(self, length: int) -> str:
        if self.in_years:
            words = ngettext(
                "%d year, counted from the end of the year",
                "%d years, counted from the end of the year",
                length,
            )
            return words % length
        if length % DAYS_OF_A_YEAR == 0:
            years = length // DAYS_OF_A_YEAR
            return ngettext("%d year", "%d years", years) % years
        return ngettext("%d day", "%d days", length) % length


# In the order in which they are taken: parts before the wholes that would take them along.
RULES: list[Rule] = []
# What of other apps needs a row still, by its model; each makes a condition of the row's query.
NEEDS: dict[type[Model], list[Callable[[], Any]]] = {}


def keep_while(model: type[Model], needed: Callable[[], Any]) -> None:
    NEEDS.setdefault(model, []).append(needed)


def without_needed(rows: QuerySet[Any]) -> QuerySet[Any]:
    for needed in NEEDS.get(rows.model, []):
        rows = rows.filter(~Q(needed()))
    return rows


def rule_of(name: str) -> Rule:
    return next(rule for rule in RULES if rule.name == name)


class Kept(NamedTuple):
    """A row of the table in words."""

    rule: Rule
    length: int
    words: str


def table() -> list[Kept]:
    """All rules with the periods of now, in one query."""
    rows = {row.kind: row for row in RetentionPeriod.objects.all()}
    # What people look for first is taken last.
    shown = [rule for rule in reversed(RULES) if not rule.like]
    lengths = [(rule, rule.length_by(rows.get(rule.name))) for rule in shown]
    return [Kept(rule, length, rule.in_words(length)) for rule, length in lengths]


class Over(NamedTuple):
    """How much of a kind should be gone, and since when the oldest of it."""

    rule: Rule
    number: int
    since: datetime | None


def what_is_over() -> list[Over]:
    """Look, and touch nothing."""
    return [over_of(rule) for rule in RULES]


def over_of(rule: Rule) -> Over:
    rows = rule.rows().order_by()
    oldest = rows.aggregate(oldest=Min("over_since"))["oldest"]
    # A log-in that was ended before its time is over from then on.
    since = min(rule.ends(oldest), timezone.now()) if oldest else None
    return Over(rule, rows.count(), since)


def retain() -> int:
    """Take away some of what is over, a batch of each kind; return how much. For the timer.

    Raises RetentionFailed when it could not, after all other kinds.
    """
    taken, failed = 0, []
    for rule in in_time(rules_to_look_at(), SECONDS_A_ROUND):
        try:
            taken += take_batch(rule)
        except Exception:
            logger.exception("Data whose time is over could not be taken away: %s", rule.name)
            failed.append(rule.name)
    if failed:
        raise RetentionFailed(_("could not take away what is over: %s") % ", ".join(failed))
    return taken


def rules_to_look_at() -> list[Rule]:
    """Those that lag behind or were last looked at an hour ago; who waits longest is first."""
    rows = {row.kind: row for row in RetentionPeriod.objects.all()}
    if missing := [rule.name for rule in RULES if rule.name not in rows]:
        fresh = [RetentionPeriod(kind=name) for name in missing]
        RetentionPeriod.objects.bulk_create(fresh, ignore_conflicts=True)
        rows |= {row.kind: row for row in fresh}
    # In their order where none has waited longer: sorting leaves it.
    due = [rule for rule in RULES if is_due(rows[rule.name])]
    return sorted(due, key=lambda rule: waiting_since(rows[rule.name]))


def is_due(row: RetentionPeriod) -> bool:
    looked = row.checked_at
    lags = row.behind_since is not None
    return lags or looked is None or looked < timezone.now() - LOOK_AGAIN_AFTER


def waiting_since(row: RetentionPeriod) -> float:
    return row.checked_at.timestamp() if row.checked_at else 0


@transaction.atomic
def take_batch(rule: Rule) -> int:
    """Take away a batch of what is over of a kind; return how much.

    One process at a time does it for a kind. Rows are locked and then asked once more whether
    they are over; one that somebody else has locked is being used, and waits for the next time.
    """
    state = RetentionPeriod.objects.select_for_update(skip_locked=True).filter(pk=rule.name).first()
    if state is None:
        return 0
    keys = list(rule.rows().order_by("pk").values_list("pk", flat=True)[: rule.at_once])
    taken = locked_and_over(rule, keys) if keys else []
    if taken:
        rule.take(taken)
    state.checked_at = timezone.now()
    is_all = len(keys) < rule.at_once
    state.behind_since = None if is_all else state.behind_since or state.checked_at
    state.save(update_fields=["checked_at", "behind_since"])
    return len(taken)


def locked_and_over(rule: Rule, keys: list[Any]) -> list[Any]:
    model: Any = rule.over(timezone.now()).model
    rows = model._base_manager.order_by("pk").filter(pk__in=keys)
    # Others may go on naming these rows; whoever changes one waits.
    locked = [row.pk for row in rows.select_for_update(skip_locked=True, no_key=True).only("pk")]
    return list(rule.rows().filter(pk__in=locked).values_list("pk", flat=True))


def retain_all() -> dict[str, int]:
    """Take away all that is over; return how much of each kind."""
    rules_to_look_at()
    return {rule.name: sum(batches_of(rule)) for rule in RULES}


def batches_of(rule: Rule) -> Iterable[int]:
    while taken := take_batch(rule):
        yield taken
