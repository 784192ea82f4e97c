"""Whether everything that pages and mails say can be said in each language; `make lint` runs it."""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser

from babel.messages import Catalog, Message
from django.template.base import Lexer, TokenType

from repairshop.environment import LANGUAGES
from tests.messages import (
    ROOT,
    as_file,
    catalogues,
    is_translated,
    language_of,
    messages,
    read,
    renewed,
    sources,
    texts,
)

# Of what a message must keep: names and marks of values, tags, and characters by their names.
MARKS = re.compile(r"%\(\w+\)[a-z]|%%|%[sd]|\{[\w.!:,]*\}|</?[a-z][^>]*>|&[a-z]+;")
NAMED = re.compile(r"%\(\w+\)[a-z]|\{\w+\}")
# What is the same in every language.
SAME = {"PDF", "CSV", "IBAN", "BIC", "SWIFT", "QR"}
WORD = re.compile(r"[^\W\d_]{2,}")
# Attributes that are read, by eyes or aloud.
READ = {"alt", "title", "placeholder", "aria-label", "aria-description"}
# Whose text is for machines.
SILENT = {"style", "script", "code"}
# A literal that a tag gets, and whether it is marked.
LITERAL = re.compile(r"""(_\()?(?:"([^"]*)"|'([^']*)')""")
# Several words, and not the width of pictures.
SENTENCE = re.compile(r"^[^<({:]*[^\W\d_]{2,} [^({:]*$|^[A-Z][a-z]")
MARKED = re.compile(r"(block)?trans(late)?\b")
# What begins a part that is translated already, or is for machines, and what ends it.
HIDING = re.compile(r"(comment|blocktranslate|block(?= bodyclass| coltype))\b")
ATTRIBUTE = re.compile(r'[\w-]+=""')


def wrong_in(kept: Catalog, found: Catalog, *, whole: bool) -> Iterator[str]:
    """What is wrong with a catalogue; of one that is not whole, only what is translated wrongly."""
    for message in found:
        if not message.id:
            continue
        translated = kept.get(first(message), message.context)
        if translated is None or translated.id != message.id:
            yield f"not in the catalogue, run `make messages`: {message.id!r}"
        elif not is_translated(translated):
            if whole:
                state = "a guess (fuzzy)" if translated.fuzzy else "not translated"
                yield f"{state}: {message.id!r}"
        else:
            yield from wrong_marks(translated)
    for message in kept:
        if message.id and found.get(first(message), message.context) is None:
            yield f"said no more, run `make messages`: {message.id!r}"


def first(message: Message) -> str:
    return texts(message.id)[0]


def wrong_marks(message: Message) -> Iterator[str]:
    """Marks that a translation has not, or has and should not have; one form may leave a number."""
    ids = texts(message.id)
    for number, text in enumerate(texts(message.string)):
        original = ids[min(number, len(ids) - 1)]
        wanted, given = (sorted(MARKS.findall(each)) for each in (original, text))
        spoken_out = number == 0 and len(ids) > 1 and set(given) <= set(MARKS.findall(ids[1]))
        if wanted != given and not spoken_out:
            yield f"marks differ: {original!r} and {text!r}"
        elif edges(original) != edges(text):
            yield f"begins or ends otherwise: {original!r} and {text!r}"


def edges(text: str) -> tuple[bool, bool]:
    return text.startswith("\n"), text.endswith("\n")


class Seen(HTMLParser):
    """Collects what a page says outside of its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = 0
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        self.said += [value or "" for name, value in attrs if name in READ]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(data)


def untranslatable(template: str, *, html: bool) -> list[str]:
    """What a template says in English whatever the language is."""
    text, literals, until = "", [], ""
    for token in Lexer(template).tokenize():
        is_block, contents = token.token_type == TokenType.BLOCK, token.contents.strip()
        command = contents if is_block else ""
        if until:
            until = "" if command.startswith(until) else until
        elif hidden := HIDING.match(command):
            until = f"end{hidden[1]}"
        elif token.token_type == TokenType.TEXT:
            text += token.contents
        elif token.token_type != TokenType.COMMENT and not MARKED.match(command):
            found = LITERAL.findall(contents)
            literals += [one or other for marked, one, other in found if not marked]
    said = said_on(ATTRIBUTE.sub("", text)) if html else [text]
    said += [each for each in literals if SENTENCE.search(each)]
    return [" ".join(each.split()) for each in said if set(WORD.findall(each)) - SAME]


def said_on(html: str) -> list[str]:
    page = Seen()
    page.feed(html)
    page.close()
    return page.said


def problems() -> Iterator[str]:
    found = messages()
    there = {language_of(path) for path in catalogues()} | {"en"}
    yield from (f"{code}: no catalogue" for code, _name in LANGUAGES if code not in there)
    for path in catalogues():
        language = language_of(path)
        wrong = list(wrong_in(read(path), found, whole=language in dict(LANGUAGES)))
        if not wrong and path.read_bytes() != as_file(path, renewed(path, found)):
            wrong = ["sources stand otherwise: run `make messages`, or the next one to do so will"]
        yield from (f"{language}: {each}" for each in wrong)
    for path in sources():
        if path.suffix in {".html", ".txt"}:
            template = (ROOT / path).read_text("utf-8")
            said = untranslatable(template, html=path.suffix == ".html")
            yield from (f"{path}: cannot be translated: {each!r}" for each in said)


if __name__ == "__main__":
    sys.exit("\n".join(problems()) or 0)
