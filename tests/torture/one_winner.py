"""Row 1: two hundred buyers over two hundred connections want the last piece at once.

With one winner only, it must also be that nobody was refused before there was one.
"""

from collections import Counter
from collections.abc import Iterator

from store.models import Item, Piece
from tests.torture.buyers import Buyer, answers, crowd
from tests.torture.calls import Calls
from tests.torture.run import Result, Run
from tests.torture.shop import put_on_sale, shop

PROMISE = "1 One winner for the last piece"
BUYERS = 200


def play(run: Run) -> Iterator[Result]:
    yield from results(run)
    yield from results(run.until_it_fails, control="controls.check_then_write")


def results(run: Run, *, control: str = "") -> Iterator[Result]:
    found: Counter[str] = Counter()
    calls = Calls()
    with shop(run, control=control) as site:
        buyers = crowd(site, BUYERS)
        for _ in run.counted():
            [item] = put_on_sale(items=1, pieces=1)
            found += one_round(buyers, item, calls)
            # One failure of each is all that is asked of a control.
            if control and found["several winners"] and calls.without_order:
                break
    yield result(found, control=bool(control))
    yield calls.result("1", control=bool(control))


def one_round(buyers: list[Buyer], item: Item, calls: Calls) -> Counter[str]:
    for buyer in buyers:
        buyer.press(f"/bag/add/{item.pk}/", quantity=1)
    heard = answers(buyers)
    pairs = zip(buyers, heard, strict=True)
    calls.put_in_order([one.call("take", answer.in_the_bag) for one, answer in pairs], pieces=1)
    winners = sum(answer.in_the_bag for answer in heard)
    held = Piece.objects.held().filter(item=item).count()
    return Counter(
        {
            "rounds": 1,
            "one winner": winners == held == 1,
            "several winners": winners > 1,
            "no redirect": sum(answer.status != 302 for answer in heard),
            "5xx": sum(answer.status >= 500 for answer in heard),
        }
    )


def result(found: Counter[str], *, control: bool) -> Result:
    figure = (
        f"{BUYERS} buyers, {found['rounds']:,} rounds: {found['one winner']:,} with one winner, "
        f"{found['several winners']:,} oversold, {found['5xx']} × 5xx"
    )
    held = found["one winner"] == found["rounds"] and not found["no redirect"]
    return Result(PROMISE, figure, held, control)
