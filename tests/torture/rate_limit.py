"""Row 10: greedy visitors besiege the shop. Rounds are the sessions of the greediest one.

Honest shoppers come meanwhile, each from an address of their own, and take five things each.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from time import monotonic
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import Now

import bag.services
import bag.views
from bag.models import RateLimit, WaitlistEntry
from store.models import Piece
from store.stock import LONGEST_HOLD
from store.tests.time import let_pass
from tests.processes import Process
from tests.torture import invariants
from tests.torture.buyers import Buyer, Visit, crowd, drive
from tests.torture.run import Result, Run
from tests.torture.shop import bag_key, put_on_sale, shop

PROMISE = "10 Nobody can empty the shop with holds"
# One process is enough where no two need to be in a hurry at the same time.
ALONE = {"WEB_CONCURRENCY": "1"}
LIMITS = {"BAG_LIMIT": "10", "HOLDS_PER_HOUR_PER_ADDRESS": "60", "HOLDS_PER_HOUR_PER_ACCOUNT": "60"}
# As many sessions are enough for the tests of every day.
SMALL = 20
SWARM = 50
SHOPPERS = 10
FIVE = 5
ITEMS = 60
TAKES = 3
MOST_AT_ONCE = 3
HOME = "203.0.113.1"
MINUTE = timedelta(minutes=1)
LONGEST_MINUTES = LONGEST_HOLD * settings.HOLD_FOR // MINUTE
# Minutes between two tries.
STEP = 5
SESSIONS_A_GAME = 10
Attack = Callable[[Run, Process], Result]


def play(run: Run) -> Iterator[Result]:
    yield attacked(run, besieged)
    yield attacked(run, held_on_to)
    yield controlled(run, besieged, "the_left_most_address", **ALONE)
    yield controlled(run, held_on_to, "those_who_wait_are_overlooked", **ALONE)
    if run.rounds > SMALL:
        # No proxy in front: all come from where they connect, whatever they say.
        yield attacked(run, without_a_proxy, **ALONE, TRUSTED_PROXIES="0")
        yield controlled(run, besieged, "no_turns")
        yield controlled(run, held_on_to, "renewing_has_no_end", **ALONE)


def attacked(run: Run, attack: Attack, **changes: str) -> Result:
    """What comes of an attack on a shop that begins empty, and ends before others begin."""
    invariants.clear()
    RateLimit.objects.all().delete()
    with shop(run, **LIMITS, **changes) as site:
        return attack(run, site)


def controlled(run: Run, attack: Attack, control: str, **changes: str) -> Result:
    found = attacked(run, attack, control=f"rate_limit.{control}", **changes)
    return found._replace(control=True)


def the_left_most_address() -> None:
    """The control: believe what the visitor says of where he comes from."""
    bag.views.client_address = leftmost  # type: ignore[attr-defined]


def leftmost(request: object) -> str:
    sent: str = request.META["HTTP_X_FORWARDED_FOR"]  # type: ignore[attr-defined]
    return sent.split(",")[0]


def no_turns() -> None:
    """The control: takes of one bag do not wait for each other."""
    found = bag.services.LOCKED_ITEM.rows
    alone = SimpleNamespace(rows=lambda pk, turn: found(pk=pk, turn=f"{turn} {uuid4()}"))
    bag.services.LOCKED_ITEM = alone  # type: ignore[assignment]


def those_who_wait_are_overlooked() -> None:
    """The control: what is available is for whoever comes."""
    found = bag.services.AVAILABLE_PIECES.tuples
    nobody = SimpleNamespace(
        tuples=lambda **values: [(pk, by, 0, mine) for pk, by, _, mine in found(**values)]
    )
    bag.services.AVAILABLE_PIECES = nobody  # type: ignore[assignment]


def renewing_has_no_end() -> None:
    bag.views.renew_holds = renew_for_ever  # type: ignore[attr-defined]


def renew_for_ever(*, bag_key: str, **others: Any) -> int:
    return Piece.objects.held_by(bag_key).update(held_until=Now() + settings.HOLD_FOR)


def besieged(run: Run, site: Process) -> Result:
    siege = Siege(run, site)
    siege.begin()
    found = siege.found()
    figure = (
        f"one address, {run.rounds} sessions, spoofed headers, some without cookies: "
        f"{found['by one']} of 60 pieces; one bag from {SWARM} addresses: {found['in one bag']}; "
        f"{SWARM} greedy bags: {found['most']} at most; from pages elsewhere: "
        f"{found['from elsewhere']} not refused; honest: {found['refused']} of "
        f"{SHOPPERS * FIVE} refused"
    )
    return Result(PROMISE, figure, not found["broken"])


class Siege:
    """Everybody who comes, and what they are told."""

    def __init__(self, run: Run, site: Process) -> None:
        self.dice = run.dice
        buyers = crowd(site, run.rounds + 2 * SWARM + 2 * SHOPPERS)
        wanted = MOST_AT_ONCE * TAKES * (run.rounds + SWARM) + 9 * SWARM
        self.things = put_on_sale(items=ITEMS, pieces=2 * wanted // ITEMS)
        self.honest_things = put_on_sale(items=FIVE, pieces=SHOPPERS)
        self.told: Counter[str] = Counter()
        self.one, rest = buyers[: run.rounds], buyers[run.rounds :]
        self.swarm, self.many = rest[:SWARM], rest[SWARM : 2 * SWARM]
        self.bare, self.honest = rest[2 * SWARM : -SHOPPERS], rest[-SHOPPERS:]

    def begin(self) -> None:
        for buyer in self.one:
            # A proxy of the shop's appends where a request really comes from.
            come_from(buyer, f"{self.anywhere()}, {HOME}")
        # All share one browser's cookies, in whose bag is one thing.
        self.swarm[0].press(f"/bag/add/{self.things[0].pk}/", quantity=1)
        assert self.swarm[0].heard().in_the_bag
        for buyer in self.swarm:
            buyer.cookies = self.swarm[0].cookies
        self.started = monotonic()
        drive(
            {buyer: self.fills_the_bag(buyer) for buyer in self.swarm}
            | {buyer: self.takes(buyer, TAKES) for buyer in [*self.one, *self.many]}
            | {buyer: self.takes_without_cookies(buyer) for buyer in self.bare}
            | {buyer: self.shops(buyer) for buyer in self.honest}
        )

    def anywhere(self) -> str:
        return f"198.51.{self.dice.randrange(256)}.{self.dice.randrange(256)}"

    def takes(self, buyer: Buyer, times: int) -> Visit:
        for _ in range(times):
            item = self.dice.choice(self.things)
            buyer.press(f"/bag/add/{item.pk}/", quantity=self.dice.randint(1, MOST_AT_ONCE))
            self.tell("errors", (yield).status != 302)

    def fills_the_bag(self, buyer: Buyer) -> Visit:
        """With what is in it, one of the swarm may; any second one is too many."""
        item = self.dice.choice(self.things)
        buyer.press(f"/bag/add/{item.pk}/", quantity=9)
        self.tell("errors", (yield).status != 302)

    def takes_without_cookies(self, buyer: Buyer) -> Visit:
        """As from a page of the shop, and each time with a new bag; and from a page elsewhere."""
        for item in self.things[:TAKES]:
            for site in ("same-origin", "cross-site"):
                buyer.cookies.clear()
                come_from(buyer, f"{self.anywhere()}, {HOME}")
                buyer.headers += f"Sec-Fetch-Site: {site}\r\n"
                buyer.ask("POST", f"/bag/add/{item.pk}/", "quantity=1")
                refused = (yield).status == 403
                if site == "same-origin":
                    self.tell("errors", refused)
                else:
                    self.tell("from elsewhere", not refused)

    def shops(self, buyer: Buyer) -> Visit:
        for item in self.honest_things:
            buyer.press(f"/bag/add/{item.pk}/", quantity=1)
            self.tell("refused", not (yield).in_the_bag)

    def tell(self, what: str, is_so: bool) -> None:
        """Count it once it is known: others are told meanwhile."""
        self.told[what] += is_so

    def found(self) -> Counter[str]:
        """What was told and what the database says now, and whether a promise is broken."""
        per_bag = Piece.objects.held().order_by().values("held_by").annotate(count=Count("pk"))
        bags = dict(per_bag.values_list("held_by", "count"))
        # One a minute is given back meanwhile.
        allowed = 60 + (monotonic() - self.started) // 60
        found = self.told + Counter(
            {
                "by one": Piece.objects.held().count()
                - held_in_all([self.swarm[0], *self.many, *self.honest]),
                "in one bag": bags[bag_key(self.swarm[0])],
                "most": max(bags.values()),
            }
        )
        told = any(self.told[what] for what in ("errors", "from elsewhere", "refused"))
        found["broken"] = told or found["by one"] > allowed or found["most"] > 10
        return found


def come_from(buyer: Buyer, forwarded: str) -> None:
    buyer.headers = f"X-Forwarded-For: {forwarded}\r\n"


def held_in_all(buyers: list[Buyer]) -> int:
    """How many pieces are in the bags of those whom the shop knows."""
    keys = {bag_key(buyer) for buyer in buyers if "sessionid" in buyer.cookies}
    return Piece.objects.held().filter(held_by__in=keys).count()


def without_a_proxy(run: Run, site: Process) -> Result:
    siege = Siege(run, site)
    started = monotonic()
    for buyer in siege.one:
        come_from(buyer, siege.anywhere())
    drive({buyer: siege.takes(buyer, TAKES) for buyer in siege.one})
    held = held_in_all(siege.one)
    figure = f"no proxy: {run.rounds} sessions, each with another header: {held} of 60 pieces"
    return Result(PROMISE, figure, held <= 60 + (monotonic() - started) // 60)


def held_on_to(run: Run, site: Process) -> Result:
    """Renew as often as one can, and then try to take it again before those who wait."""
    found: Counter[str] = Counter()
    games = run.rounds // SESSIONS_A_GAME
    buyers = crowd(site, 3)
    for _ in range(games):
        found |= Counter(bound=(game := Game(run, buyers)).bound())
        found += game.wait_beside_those_who_wait()
        # Where one has failed, as in a control, the others tell nothing new.
        if found["again"] or found["bound"] > LONGEST_MINUTES:
            break
    figure = (
        f"{games} pieces renewed and re-taken for ever: "
        f"bound for {found['bound']} of {LONGEST_MINUTES} "
        f"minutes at most, re-held {found['again']} times, "
        f"{found['next']} to the second in line, whose turn it was"
    )
    held = found["bound"] <= LONGEST_MINUTES and not found["again"] and found["next"] == games
    return Result(PROMISE, figure, held)


class Game:
    """One thing, one who holds on to it, and two who wait; the first of these never comes."""

    def __init__(self, run: Run, buyers: list[Buyer]) -> None:
        [self.item] = put_on_sale(items=1, pieces=1)
        for buyer in buyers:
            buyer.forget_everything()
            come_from(buyer, f"198.18.{run.dice.randrange(256)}.{run.dice.randrange(256)}")
        self.greedy, *self.waiting = buyers
        assert self.takes()
        for number, buyer in enumerate(self.waiting):
            email = f"{number}-{self.item.slug}@example.com"
            buyer.press(f"/bag/waitlist/{self.item.pk}/", email=email)
            assert buyer.heard().status == 302
        self.first, self.second = WaitlistEntry.objects.filter(item=self.item).order_by("pk")

    def takes(self) -> bool:
        self.greedy.press(f"/bag/add/{self.item.pk}/", quantity=1)
        return self.greedy.heard().in_the_bag

    def holds(self) -> bool:
        held = Piece.objects.held_by(bag_key(self.greedy))
        return held.filter(item=self.item).exists()

    def bound(self) -> int:
        """How many minutes it takes until the piece is available, renewed every few of them."""
        for minutes in range(0, 2 * LONGEST_MINUTES, STEP):
            if not self.holds():
                return minutes
            self.greedy.press("/bag/renew/")
            self.greedy.heard()
            let_pass(STEP * MINUTE)
        return 2 * LONGEST_MINUTES

    def wait_beside_those_who_wait(self) -> Counter[str]:
        """Try to have it again, in the old bag and in new ones, while its time is theirs."""
        found: Counter[str] = Counter()
        for minutes in range(0, 30, STEP):
            if minutes % 2:
                self.greedy.forget_everything()
            found["again"] += self.takes()
            if WaitlistEntry.objects.offered().filter(pk=self.second.pk).exists():
                found["next"] += self.second_takes()
                break
            let_pass(STEP * MINUTE)
        return found

    def second_takes(self) -> bool:
        buyer = self.waiting[1]
        buyer.press(f"/bag/waitlist/{self.second.secret}/accept/")
        return buyer.heard().in_the_bag
