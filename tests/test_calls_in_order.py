"""The search for an order of calls finds one where there is one, and none where there is none."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.torture import linear
from tests.torture.linear import Search
from tests.torture.register import Call, Register

ONE = Register(free=1)


def order(*calls: Call, start: Register = ONE) -> tuple[Call, ...] | None:
    return Search(calls, start).order()


def test_one_winner_among_those_who_call_at_once() -> None:
    ann, bob = Call("ann", "take", 1, 4, answer=False), Call("bob", "take", 2, 3, answer=True)

    assert order(ann, bob) == (bob, ann)


def test_two_owners_of_one_piece_are_found() -> None:
    ann, bob = Call("ann", "take", 1, 4, answer=True), Call("bob", "take", 2, 3, answer=True)

    assert order(ann, bob) is None
    assert order(ann, bob, start=Register(free=2))


def test_a_refusal_before_anybody_had_it_is_found() -> None:
    refused, taken = Call("ann", "take", 1, 2, answer=False), Call("bob", "take", 3, 4, answer=True)

    assert order(refused, taken) is None
    assert order(refused, taken._replace(begun=1.5))


def test_a_page_that_is_behind_is_found() -> None:
    taken, seen = Call("ann", "take", 1, 2, answer=True), Call("ann", "look", 3, 4, answer=0)

    assert order(taken, seen) is None
    assert order(taken, seen._replace(answer=1))


def test_who_gives_back_what_is_not_there_yet_may_give_it_back_later() -> None:
    released = Call("ann", "release", 1, 4)
    taken = [Call("ann", "take", 2, 3, answer=True), Call("bob", "take", 5, 6, answer=True)]

    assert order(released, *taken) == (taken[0], released, taken[1])


def test_what_lapsed_is_free_from_then_on() -> None:
    taken = Call("ann", "take", 1, 2, answer=True)
    lapsed = Call("time", "lapse", 3, 4, answer=(("ann", 1),))
    refused = Call("bob", "take", 5, 6, answer=False)

    assert order(taken, lapsed, refused) is None
    assert order(taken, lapsed, refused._replace(begun=3.5))
    assert order(taken, lapsed, refused._replace(answer=True))


@pytest.mark.parametrize(
    ("end", "free"), [("pay", False), ("cancel", True)], ids=["it is paid", "it is cancelled"]
)
def test_what_was_ordered_is_free_only_when_the_order_ends(end: str, free: bool) -> None:
    taken = Call("ann", "take", 1, 2, answer=True)
    placed = Call("ann", "order", 3, 4, answer=(1, True), subject="/orders/1/")
    ended = Call("shop", end, 5, 6, answer=True, subject="/orders/1/")
    another = Call("bob", "take", 7, 8, answer=free)

    assert order(taken, placed, ended, another)
    assert order(taken, placed, ended, another._replace(answer=not free)) is None


def test_an_order_may_take_what_lapsed_unless_it_is_gone() -> None:
    taken = Call("ann", "take", 1, 2, answer=True)
    lapsed = Call("time", "lapse", 3, 4, answer=(("ann", 1),))
    gone = Call("bob", "take", 5, 6, answer=True)
    placed = Call("ann", "order", 7, 8, answer=(1, True), subject="/orders/1/")

    assert order(taken, lapsed, placed)
    assert order(taken, lapsed, gone, placed) is None
    assert order(taken, lapsed, gone, placed._replace(answer=(1, False)))


def test_what_cannot_be_ordered_is_told() -> None:
    search = Search([Call("ann", "take", 1, 2, answer=False)], ONE)

    assert search.order() is None
    assert search.why_not == ("after 0 of 1 calls none of these: ann: take → False (1.0000–2.0000)")


def test_a_search_that_takes_too_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear, "MOST_STATES", 3)
    calls = [Call(f"{number}", "take", 1, 2, answer=True) for number in range(5)]

    with pytest.raises(RuntimeError, match="5 calls"):
        order(*calls, start=Register(free=4))


CALLS = st.lists(
    st.builds(
        lambda who, what, begun, lasting, answer: Call(who, what, begun, begun + lasting, answer),
        st.sampled_from(["ann", "bob"]),
        st.just("take"),
        st.integers(0, 8),
        st.integers(0, 4),
        st.booleans(),
    )
    | st.builds(
        lambda who, begun, lasting: Call(who, "release", begun, begun + lasting),
        st.sampled_from(["ann", "bob"]),
        st.integers(0, 8),
        st.integers(0, 4),
    )
    | st.builds(
        lambda who, begun, lasting, answer: Call(who, "look", begun, begun + lasting, answer),
        st.sampled_from(["ann", "bob"]),
        st.integers(0, 8),
        st.integers(0, 4),
        st.integers(0, 2),
    ),
    max_size=6,
)


def explains(calls: Sequence[Call], start: Register) -> bool:
    """Whether this very order is allowed."""
    state: Register | None = start
    for number, call in enumerate(calls):
        if any(later.ended < call.begun for later in calls[number:]):
            return False
        state = state.after(call) if state else None
    return state is not None


@settings(max_examples=300, deadline=None)
@given(calls=CALLS, pieces=st.integers(1, 2))
def test_it_finds_what_trying_all_orders_finds(calls: list[Call], pieces: int) -> None:
    start = replace(ONE, free=pieces)
    found = Search(calls, start).order()

    assert (found is not None) == any(explains(each, start) for each in permutations(calls))
    assert found is None or explains(found, start)
