"""The words of the shop, and which of them somebody may have meant.

They stand in a table that only grows, so a process sees by three numbers whether those that it
keeps are all: it answers by what is there now, whoever has written it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from threading import Lock
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Max, Sum

from store.models import SearchWord
from store.search.indexing import vocabulary_of

# In a word of fewer letters than the first no error is looked for, of fewer than the second one.
LETTERS_FOR_ONE, LETTERS_FOR_TWO = 3, 6
MOST_SIMILAR = 24
LONGEST_WORD = 40
WORDS_PER_UPDATE = 500


class Known(NamedTuple):
    """A word and which letters it has: two that differ in many are not worth comparing."""

    word: str
    letters: int


# By how many letters they have.
Words = Mapping[int, Sequence[Known]]


class Vocabulary:
    """The words as this process knows them, by how many letters they have."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.state: object = None
        self.by_length: dict[int, list[Known]] = {}

    def words(self) -> Words:
        rows = SearchWord.objects
        state = rows.aggregate(Count("pk"), Max("pk"), Sum("pk"))
        if state != self.state:
            by_length: dict[int, list[Known]] = {}
            for word in rows.values_list("word", flat=True).iterator():
                by_length.setdefault(len(word), []).append(Known(word, letters_of(word)))
            with self.lock:
                self.state, self.by_length = state, by_length
            return by_length
        return self.by_length


VOCABULARY = Vocabulary()


def letters_of(word: str) -> int:
    """A bit for each letter that occurs."""
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) & 31)
    return found


def similar_to(word: str, words: Callable[[], Words]) -> list[tuple[int, str]]:
    """Those of the words with one error less, or two in a longer word, and how many errors.

    The likeliest first: people rarely mistype the first letter.
    """
    length = len(word)
    if not LETTERS_FOR_ONE <= length <= LONGEST_WORD or not word.isalpha():
        return []
    most = 2 if length >= LETTERS_FOR_TWO else 1
    letters, vocabulary = letters_of(word), words()
    found = []
    for other in range(length - most, length + most + 1):
        for known in vocabulary.get(other, ()):
            if (known.letters ^ letters).bit_count() > 2 * most or known.word == word:
                continue
            errors = errors_between(word, known.word, most)
            if errors <= most:
                found.append((errors, known.word[0] != word[0], known.word))
    return [(errors, similar) for errors, _is_other, similar in sorted(found)[:MOST_SIMILAR]]


def errors_between(one: str, other: str, most: int) -> int:
    """How many letters are wrong, missing, too many or the wrong way round: at most `most` + 1.

    The distance of Damerau and Levenshtein between two words, each letter touched once.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        last, before, row = before, row, [place]
        for at, wanted in enumerate(other, 1):
            cost = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != wanted))
            is_turned = (
                place > 1 and at > 1 and letter == other[at - 2] and one[place - 2] == wanted
            )
            row.append(min(cost, last[at - 2] + 1) if is_turned else cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def note_words(texts: Iterable[str]) -> None:
    """Add the words of some items, by their `search_text`, once these are written for good.

    By a statement of its own, its words in order: two imports at once wait for one another in one
    place only, and hold nothing meanwhile.
    """
    words = sorted({word for text in texts for word in vocabulary_of(text)})
    if words:
        transaction.on_commit(partial(add_words, words), robust=True)


def add_words(words: list[str]) -> None:
    for start in range(0, len(words), WORDS_PER_UPDATE):
        chunk = words[start : start + WORDS_PER_UPDATE]
        known = set(SearchWord.objects.filter(word__in=chunk).values_list("word", flat=True))
        new = [SearchWord(word=word) for word in chunk if word not in known]
        SearchWord.objects.bulk_create(new, ignore_conflicts=True)
