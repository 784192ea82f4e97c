"""Row 3: one browser changes its bag in several tabs at once and logs in meanwhile."""

import re
from collections import Counter
from collections.abc import Iterator

from accounts.tests.factories import PASSWORD, make_user
from store.models import Item, Piece
from store.tests.time import let_holds_lapse
from tests.torture.buyers import Answer, Buyer, answers, crowd
from tests.torture.run import Result, Run
from tests.torture.shop import put_on_sale, shop

PROMISE = "3 A bag never loses a line"
# In the bag before, and how many tabs then add something or remove one of these.
MOST_BEFORE = 3
MOST_TABS = 8
# So many that they are at all worker processes; each round has some of them.
CONNECTIONS = 60
# A line that is held, up to the button that removes it.
LINE = re.compile(r'data-seconds-left="(?:(?!</li>).)*action="/bag/remove/(\d+)/"', re.DOTALL)


def play(run: Run) -> Iterator[Result]:
    yield result(rounds(run))
    yield result(
        rounds(run.until_it_fails, control="controls.lines_from_the_session_alone"), control=True
    )


def rounds(run: Run, *, control: str = "") -> Counter[str]:
    found: Counter[str] = Counter()
    things = put_on_sale(items=MOST_BEFORE + MOST_TABS, pieces=1)
    with shop(run, control=control) as site:
        browsers = crowd(site, CONNECTIONS)
        for number in run.counted():
            user = make_user(f"{run.name}-{control[:8]}{number}@example.com")
            tabs = run.dice.sample(browsers, MOST_TABS + 1)
            found += one_round(run, tabs, things, user.email)
            let_holds_lapse(Piece.objects.held())
            # One failure is all that is asked of a control.
            if control and found["lost"]:
                break
    return found


def result(found: Counter[str], *, control: bool = False) -> Result:
    figure = (
        f"2–{MOST_TABS} tabs, {found['rounds']:,} rounds, {found['changes']:,} changes: "
        f"{found['lost']} lines lost, {found['odd']} too many, "
        f"{found['logged out']} logged out again, {found['errors']} answers ≥ 400"
    )
    held = not any(found[what] for what in ("lost", "odd", "logged out", "errors"))
    return Result(PROMISE, figure, held, control)


def one_round(run: Run, tabs: list[Buyer], things: list[Item], email: str) -> Counter[str]:
    become_a_new_visitor(tabs)
    before = things[: run.dice.randint(1, MOST_BEFORE)]
    for item in before:
        tabs[0].press(f"/bag/add/{item.pk}/", quantity=1)
        assert tabs[0].heard().in_the_bag
    size = run.dice.randint(2, MOST_TABS)
    chosen = run.dice.sample([*before, *things[MOST_BEFORE:]], size)
    heard = change_and_log_in(tabs, chosen, before, email, login_at=size // 2)
    removed = {item.pk for item in chosen if item in before}
    added = {i.pk for i, answer in zip(chosen, heard, strict=True) if answer.in_the_bag}
    expected = {item.pk for item in before} - removed | added
    page = tabs[0].see("/bag/")
    listed = {int(pk) for pk in LINE.findall(page.content)}
    held = {*Piece.objects.held().filter(item__in=things).values_list("item", flat=True)}
    return Counter(
        {
            "rounds": 1,
            "changes": size,
            "lost": len(expected - listed) + len(expected - held),
            "odd": len(listed - expected) + len(held - expected),
            "logged out": "/accounts/logout/" not in page.content,
            "errors": sum(answer.status >= 400 for answer in [*heard, page]),
        }
    )


def become_a_new_visitor(tabs: list[Buyer]) -> None:
    tabs[0].cookies = {}
    tabs[0].forget_everything()
    for tab in tabs[1:]:
        tab.cookies = tabs[0].cookies


def change_and_log_in(
    tabs: list[Buyer], chosen: list[Item], before: list[Item], email: str, *, login_at: int
) -> list[Answer]:
    """Take each thing out, or put it in, in a tab of its own; return what those tabs heard."""
    asked = []
    for place, (tab, item) in enumerate(zip(tabs, chosen, strict=False)):
        if place == login_at:
            tabs[-1].press("/accounts/login/", username=email, password=PASSWORD)
            asked.append(tabs[-1])
        if item in before:
            tab.press(f"/bag/remove/{item.pk}/")
        else:
            tab.press(f"/bag/add/{item.pk}/", quantity=1)
        asked.append(tab)
    heard = answers(asked)
    assert heard.pop(login_at).status == 302
    return heard
