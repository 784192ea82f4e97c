"""List, page, bag, messages and admin call the state of a thing by the same words."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from store.availability import held_words, state_words
from store.models import ORDER_PREFIX, STAFF_RESERVED, WAITLIST_PREFIX, Item, Piece
from store.templatetags.clock_time import clock_time
from store.tests.factories import make_order

State = Piece.State
HOLDERS = [
    ("a bag", "bag"),
    (STAFF_RESERVED, "staff"),
    (f"{WAITLIST_PREFIX}secret", "waitlist"),
    (f"{ORDER_PREFIX}1", "order"),
]


def hold(item: Item, holder: str) -> str:
    """Let a thing be held by somebody else; return until when, as pages write it."""
    until = Now() + timedelta(minutes=7)
    Piece.objects.filter(item=item).update(held_by=holder, held_since=Now(), held_until=until)
    return clock_time(Piece.objects.get(item=item).held_until or timezone.now())


def text_of(client: Client, name: str, *args: object) -> str:
    """The text of a page, without regard to where sentences begin."""
    return unescape(client.get(reverse(name, args=args)).content.decode()).lower()


def staff_pages(item: Item, staff: User) -> list[str]:
    client = Client()
    client.force_login(staff)
    page = text_of(client, "admin:store_piece_change", item.pieces.get().pk)
    return [text_of(client, "admin:store_piece_changelist"), page]


@pytest.mark.on_both
@pytest.mark.parametrize(("holder", "kind"), HOLDERS)
def test_what_is_held_is_called_the_same_everywhere(
    client: Client, clock: Item, sam: User, holder: str, kind: str
) -> None:
    client.post(reverse("bag:add", args=[clock.pk]))
    words = held_words(kind, hold(clock, holder))
    refused = client.post(reverse("bag:add", args=[clock.pk]), {"from": "bag"}, follow=True)

    pages = [text_of(client, "store:list"), text_of(client, "store:item", clock.slug)]
    assert [words in page for page in [*pages, *staff_pages(clock, sam)]] == [True] * 4
    assert f"it is {words}." in text_of(client, "bag:detail")
    assert f"is {words}. Look again then." in unescape(refused.content.decode())


def test_what_anybody_may_take_is_available_and_not_free(
    client: Client, clock: Item, sam: User
) -> None:
    pages = [text_of(client, "store:list"), text_of(client, "store:item", clock.slug)]

    for page in [*pages, *staff_pages(clock, sam)]:
        assert re.search(r'class="[^"]*state[^"]*">available<', page)
        assert ">free<" not in page


@pytest.mark.parametrize(
    ("fate", "state"),
    [
        ({}, State.AVAILABLE),
        ({"sold_at": timezone.now()}, State.SOLD),
        ({"withdrawn_at": timezone.now()}, State.WITHDRAWN),
    ],
)
def test_the_page_and_staff_call_every_fate_the_same(
    client: Client, clock: Item, sam: User, fate: dict[str, Any], state: str
) -> None:
    Piece.objects.update(**fate)
    pages = [text_of(client, "store:item", clock.slug), *staff_pages(clock, sam)]

    assert [f">{state_words(state)}" in page for page in pages] == [True] * 3


def test_what_is_ordered_is_called_reserved(client: Client, clock: Item, sam: User) -> None:
    make_order(clock)
    pages = [text_of(client, "store:item", clock.slug), *staff_pages(clock, sam)]

    assert [">reserved" in page for page in pages] == [True] * 3
