"""Row 32: at the counter and on the web they want the same thing at the same moment.

In every other round it is available; in those between, it is in a visitor's bag, who sends the
checkout while staff sell it with a reason. Each but one is refused by the very answer to the click.
"""

from collections import Counter
from collections.abc import Iterator
from time import sleep
from typing import NamedTuple
from unittest.mock import patch

from django.test import Client

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.secrets import new_secret
from accounts.tests.factories import make_staff
from invoices.counter.selling import Sale, check_for_sale
from store.models import Item, Piece, PieceQuerySet
from tests.processes import Process
from tests.torture.buyers import Answer, Buyer, answers, checkout_form, crowd
from tests.torture.run import Result, Run
from tests.torture.shop import put_on_sale, shop

PROMISE = "32 Web and counter never sell one thing twice"
BUYERS, TILLS = 3, 2
# More than this is not "at once" on any machine.
SECONDS_TO_BE_TOLD = 10
REFUSALS = (
    "cannot be sold: it is",
    "is held for somebody",
    "Your bag has changed: please check what you order now.",
    "it has gone to somebody else",
)
# In the control, between looking and writing.
A_MOMENT = 0.05


class End(NamedTuple):
    """How it ended for one of them, and after how many seconds they heard."""

    won: bool
    told: bool
    seconds: float


def play(run: Run) -> Iterator[Result]:
    yield sold(run)
    yield sold(run.until_it_fails, control="till.without_locks")


def sold(run: Run, *, control: str = "") -> Result:
    found: Counter[str] = Counter()
    waited: list[float] = []
    with shop(run, control=control) as site:
        buyers = crowd(site, BUYERS)
        tills = [till(site, number) for number in range(TILLS)]
        for number in run.counted():
            ends = one_round(run, buyers, tills, is_in_a_bag=number % 2 == 1)
            found += counted(ends)
            waited += [end.seconds for end in ends if not end.won]
            if control and found["several"]:
                break
    User.objects.filter(is_staff=True).delete()
    figure = (
        f"{found['rounds']:,} rounds of {BUYERS} buyers and {TILLS} tills: {found['one']:,} with "
        f"one winner, {found['several']:,} sold twice; of {found['losers']:,} losers "
        f"{found['told']:,} were told by the answer, the last after {max(waited):.1f} s"
    )
    is_told = found["told"] == found["losers"] and max(waited) < SECONDS_TO_BE_TOLD
    return Result(PROMISE, figure, found["one"] == found["rounds"] and is_told, bool(control))


def till(site: Process, number: int) -> Buyer:
    """Somebody at the counter who may release holds."""
    client = Client()
    client.force_login(make_staff(f"till-{number}@example.com", group=MANAGERS))
    cookies = {"sessionid": client.cookies["sessionid"].value}
    return Buyer(site.port, cookies=cookies, address=f"10.9.0.{number + 1}")


def one_round(run: Run, buyers: list[Buyer], tills: list[Buyer], *, is_in_a_bag: bool) -> list[End]:
    [item] = put_on_sale(items=1, pieces=1)
    piece = Piece.objects.get(item=item)
    for buyer in buyers:
        buyer.forget_everything()
    order = at_the_checkout(buyers[0], item) if is_in_a_bag else {}
    everybody = [*buyers, *tills]
    run.dice.shuffle(everybody)
    for each in everybody:
        if each in tills:
            sell(each, piece, is_in_a_bag=is_in_a_bag)
        elif order and each is buyers[0]:
            each.press("/checkout/", **order)
        else:
            each.press(f"/bag/add/{item.pk}/", quantity=1)
    heard = answers(everybody)
    return [end_of(each, answer, item) for each, answer in zip(everybody, heard, strict=True)]


def at_the_checkout(buyer: Buyer, item: Item) -> dict[str, str]:
    """Put it in the bag and open the checkout; return what its form sends."""
    buyer.press(f"/bag/add/{item.pk}/", quantity=1)
    assert buyer.heard().in_the_bag
    return checkout_form(buyer.see("/checkout/"))


def sell(staff: Buyer, piece: Piece, *, is_in_a_bag: bool) -> None:
    fields = {"piece": piece.pk, "shown": "9.00", "pay": "cash", "idempotency_key": new_secret()}
    if is_in_a_bag:
        fields["release_reason"] = "The buyer stands here"
    staff.press("/admin/till/", **fields)


def end_of(who: Buyer, answer: Answer, item: Item) -> End:
    """A refusal is a sentence on the page that comes, or on the one that the answer leads to."""
    place, has_message = answer.location.partition("?")[0], b"messages=" in who.head
    won = answer.in_the_bag or place.startswith(("/orders/", "/admin/till/receipt/"))
    is_refused = place == item.get_absolute_url() and has_message
    is_refused |= answer.status == 200 and any(words in answer.content for words in REFUSALS)
    return End(won, is_refused and not won, who.heard_at - who.asked_at)


def counted(ends: list[End]) -> Counter[str]:
    winners = sum(end.won for end in ends)
    return Counter(
        {
            "rounds": 1,
            "one": winners == 1,
            "several": winners > 1,
            "losers": len(ends) - winners,
            "told": sum(end.told for end in ends),
        }
    )


def without_locks() -> None:
    """The control: the till looks, and writes a moment later what it has seen."""

    def look_only(piece: Piece, sale: Sale) -> None:
        check_for_sale(piece, sale)
        sleep(A_MOMENT)

    patch("invoices.counter.selling.check_for_sale", look_only).start()
    patch("invoices.counter.selling.lock_items", lambda keys: None).start()
    patch.object(PieceQuerySet, "lock", lambda pieces: pieces).start()
