"""Words that several threads look for at once do not spoil each other’s forms."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest

from store.search import words

WORDS = ["repair", "covered", "tiles", "candlesticks", "engraved", "samovars", "enamelled", "yokes"]
THREADS, TURNS = 4, 100
# How often the control tries: the first round finds mistakes nearly always, but by chance.
MOST_ROUNDS = 100


@pytest.fixture(autouse=True)
def switching() -> Iterator[None]:
    """Threads take turns much more often than they would."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def mistakes() -> int:
    """How often a word's forms are not those that it has when nobody else asks."""
    forms_of = words.forms_of.__wrapped__
    right = {word: forms_of(word) for word in WORDS}

    def wrong(start: int) -> int:
        found = 0
        for turn in range(TURNS):
            word = WORDS[(start + turn) % len(WORDS)]
            try:
                found += forms_of(word) != right[word]
            except Exception:
                found += 1
        return found

    with ThreadPoolExecutor(THREADS) as threads:
        return sum(threads.map(wrong, range(THREADS)))


def test_threads_do_not_spoil_each_others_words() -> None:
    assert mistakes() == 0


def test_control_without_the_lock_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "stemming", nullcontext())

    assert any(mistakes() for _ in range(MOST_ROUNDS))
