"""Row 31: pages from memory, in two processes, while either changes what is on them."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from random import Random

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.cookies import cookie_name
from bag.services import hold_pieces, release_holds
from repairs_restorals.models import Workshop
from repairshop.cookies import MESSAGES
from repairshop.sessions import SessionStore
from store.models import NO_HOLD, Category, Item, ItemImage, Piece, ShopProfile
from store.tests.factories import make_category, make_item
from tests.pages_made_anew import get, is_filled_in, is_kept, made_anew, seen
from tests.torture import invariants
from tests.torture.fork import FORK, connect_anew
from tests.torture.run import Result, Run

PROMISE = "31 A page is never stale"
THINGS = 12
BAG = "b" * 64
# Of which a search finds two.
WORDS = ["brass | =2", "brass lamp | =2", "glass | =2"]
CHOSEN = [f"/store/?{each}" for each in ("q=brass", "price_to=250", "sort=-price", "maker=Anna")]
LISTS = ["/store/feed.atom", "/sitemap-items.xml", "/sitemap.xml", "/workshop/"]
# Fetched in one process while the other changes something.
FETCHED_MEANWHILE = 3


def hold(item: Item, dice: Random) -> None:
    if item.published and item.pieces.available().exists():
        hold_pieces(item_id=item.pk, quantity=1, bag_key=BAG)


def lapse(item: Item, dice: Random) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Piece.objects.filter(item=item, held_until__gt=past).update(held_until=past)


def sell(item: Item, dice: Random) -> None:
    item.pieces.update(**NO_HOLD, sold_at=timezone.now())


def picture(item: Item, dice: Random) -> None:
    item.images.all().delete()
    ItemImage.objects.create(
        item=item, image="items/x.webp", alt_text=f"Seen {dice.random()}", width=10, height=10
    )


def retell(item: Item, dice: Random) -> None:
    """As the timer does it: words that a thing is found by, and nothing else."""
    Item.objects.filter(pk=item.pk).update(search_text=dice.choice(WORDS))


CHANGES: list[Callable[[Item, Random], object]] = [
    hold,
    hold,
    lapse,
    lambda item, dice: release_holds(bag_key=BAG, item_id=item.pk),
    sell,
    lambda item, dice: item.pieces.update(sold_at=None),
    picture,
    lambda item, dice: Item.objects.filter(pk=item.pk).update(price=Decimal(dice.randrange(500))),
    lambda item, dice: Item.objects.filter(pk=item.pk).update(title=f"Thing {dice.random()}"),
    lambda item, dice: Item.objects.filter(pk=item.pk).update(published=dice.random() < 0.7),
    lambda item, dice: Item.objects.filter(pk=item.pk).update(category=dice.choice(categories())),
    lambda item, dice: Category.objects.filter(pk=item.category_id).update(
        name=f"C{dice.random()}"
    ),
    lambda item, dice: ShopProfile.objects.update(tagline=f"We mend {dice.random()}"),
    retell,
    lambda item, dice: Workshop.objects.update(intro=f"We mend {dice.random()}"),
]


def categories() -> list[Category]:
    return list(Category.objects.order_by("pk"))


def change(seed: str, pk: int, *, retelling: bool) -> str:
    """Runs in one of the two processes, as what follows does."""
    dice = Random(seed)
    made = retell if retelling else dice.choice(CHANGES)
    made(Item.with_bin.get(pk=pk), dice)
    return made.__name__


def fetch(paths: list[str]) -> int:
    return sum(is_kept(get(path)) for path in paths)


def compare(path: str) -> tuple[bool, bool]:
    """Whether a page is kept, and whether it is as it would be made now."""
    found = get(path)
    return is_kept(found), seen(found) == seen(made_anew(path))


def compare_with_bag(path: str) -> tuple[bool, bool]:
    """The same, if it is kept, for a guest in whose bag is what is held here."""
    guest = Client()
    session = SessionStore()
    session["bag"] = {"key": BAG, "items": {}}
    session.create()
    guest.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    found = guest.get(path)
    # Menu and profile of what is made for a guest alone may be a minute old.
    cache.clear()
    # Who may have something to read is made a page.
    guest.cookies[cookie_name(MESSAGES)] = "x"
    anew = guest.get(path)
    session.delete()
    return is_filled_in(found), not is_filled_in(found) or seen(found) == seen(anew)


def play(run: Run) -> Iterator[Result]:
    yield changing(run)
    yield changing(run.at_most(400).until_it_fails, unwatched="change_noted")
    yield changing(run.at_most(400).until_it_fails, unwatched="search_noted")


def changing(run: Run, *, unwatched: str = "") -> Result:
    """Change something in either process while the other is asked, and compare a page of each.

    As a control nobody writes down what happens to things, or what words find them.
    """
    things = [make_item(title=f"Thing {number}") for number in range(THINGS)]
    things.append(make_item(category=make_category("Lamps")))
    ShopProfile.get_solo()
    Workshop.get_solo()
    paths = ["/", "/store/", *(each.get_absolute_url() for each in categories()), "/terms/"]
    paths += [item.get_absolute_url() for item in things] + CHOSEN + LISTS
    if retelling := unwatched == "search_noted":
        paths = CHOSEN[:1]
    found: Counter[str] = Counter()
    if unwatched:
        watch(unwatched, "DISABLE")
    with closing(Pair()) as pair:
        for number in run.counted():
            one, other = run.dice.sample(pair.processes, 2)
            pk = run.dice.choice(things).pk
            fetched = run.dice.choices(paths, k=FETCHED_MEANWHILE)
            changing_it = one.submit(change, f"{run.seed} {number}", pk, retelling=retelling)
            fetching = other.submit(fetch, fetched)
            what = changing_it.result()
            found["kept meanwhile"] += fetching.result()
            for process in pair.processes:
                path = run.dice.choice([*paths, *fetched])
                who = run.dice.choice([compare, compare_with_bag])
                was_kept, is_true = process.submit(who, path).result()
                found["kept"] += was_kept
                found["with a bag"] += was_kept and who is compare_with_bag
                found["stale"] += not is_true
                if not is_true and not unwatched:
                    run.say(f"row31: {path} is stale after {what} of {pk} (round {number})")
    if unwatched:
        watch(unwatched, "ENABLE")
    # What was sold without an order is none of the invariants' business.
    invariants.clear()
    Category.objects.all().delete()
    figure = (
        f"{run.rounds} changes in two processes, {2 * run.rounds} pages compared, "
        f"{found['kept']} of them kept, {found['with a bag']} for a bag: {found['stale']} stale"
    )
    return Result(PROMISE, figure, not found["stale"], control=bool(unwatched))


def watch(trigger: str, state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE store_item {state} TRIGGER {trigger}")


class Pair:
    def __init__(self) -> None:
        self.processes = [ProcessPoolExecutor(1, FORK, initializer=connect_anew) for _ in range(2)]

    def close(self) -> None:
        for process in self.processes:
            process.shutdown()
