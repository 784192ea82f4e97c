"""Keeps the catalogues: `make messages` brings what the sources say into each of them.

Babel reads Python itself, and templates as Django's own `makemessages` does: turned into calls of
gettext. So nobody needs GNU gettext, and `make lint` sees at once what is missing.
"""

import ast
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
# How gettext's functions are called, and which of their arguments are messages and contexts.
PLAIN, IN_CONTEXT = None, ((1, "c"), 2)
KEYWORDS = {
    "_": PLAIN,
    "gettext": PLAIN,
    "gettext_lazy": PLAIN,
    "gettext_noop": PLAIN,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": IN_CONTEXT,
    "pgettext_lazy": IN_CONTEXT,
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# What no visitor and no colleague ever sees.
UNSEEN = {"tests", "bench", "migrations"}
# Of what is left to translate: a new language lacks thousands.
MOST_SHOWN = 20


def sources() -> Iterator[Path]:
    """What git keeps, or would keep, of Python and templates."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py", "templates"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in sorted(listed.stdout.splitlines()):
        path = Path(name)
        if not UNSEEN & set(path.parts) and (ROOT / path).is_file():
            yield path


def as_python(path: Path) -> str:
    """A source as calls of gettext: of a template, whatever else it says is blotted out."""
    text = (ROOT / path).read_text("utf-8")
    if path.suffix == ".py":
        return "\n".join([text, *calls_in_f_strings(text)])
    return "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())


def calls_in_f_strings(source: str) -> Iterator[str]:
    """Which Babel reads in no Python before 3.12, where an f-string is one token."""
    for text in ast.walk(ast.parse(source)):
        if isinstance(text, ast.JoinedStr):
            yield from (ast.unparse(call) for call in ast.walk(text) if isinstance(call, ast.Call))


def messages() -> Catalog:
    """Every message of the sources, in their order."""
    found = Catalog()
    for path in sources():
        source = io.BytesIO(as_python(path).encode())
        for line, message, _comments, context in extract("python", source, KEYWORDS):
            found.add(message, locations=[(str(path), line)], context=context)
    return found


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def language_of(path: Path) -> str:
    return path.parent.parent.name


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language_of(path))


def renewed(path: Path, found: Catalog) -> Catalog:
    """A catalogue with what the sources say now, and guesses from what they said before."""
    kept = read(path)
    kept.update(found)
    for message in kept:
        # A guess with a placeholder of another sentence could not even be compiled.
        if message.fuzzy and any(message.check(kept)):
            message.string = ("",) * len(texts(message.string)) if message.pluralizable else ""
            message.flags.discard("fuzzy")
    return kept


def write(path: Path, kept: Catalog) -> None:
    path.write_bytes(as_file(path, kept))


def as_file(path: Path, kept: Catalog) -> bytes:
    """Without line numbers and dates, which would change with every change of the sources."""
    body = io.BytesIO()
    write_po(body, kept, width=100, omit_header=True, ignore_obsolete=True, include_lineno=False)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language_of(path)}\\n"\n'
        f'"Plural-Forms: {kept.plural_forms}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    )
    return header.encode() + body.getvalue()


def is_translated(message: Message) -> bool:
    return not message.fuzzy and all(texts(message.string))


def texts(said: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """The forms of a message, or of its translation."""
    return tuple(said) if isinstance(said, tuple | list) else (said or "",)


def compile_stale() -> None:
    """Write each compiled catalogue that is older than its text, at once or not at all."""
    for path in catalogues():
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime:
            continue
        new = compiled.with_suffix(f".{os.getpid()}.mo")
        with new.open("wb") as file:
            write_mo(file, read(path))
        new.replace(compiled)


def main() -> None:
    found = messages()
    for path in catalogues():
        write(path, renewed(path, found))
        kept = read(path)
        left = [message for message in kept if message.id and not is_translated(message)]
        sys.stdout.write(f"{language_of(path)}: {len(kept)} messages, {len(left)} to translate\n")
        for message in left[:MOST_SHOWN]:
            first_line = texts(message.id)[0].partition("\n")[0]
            sys.stdout.write(f"  {path.relative_to(ROOT)}:{message.lineno} {first_line}\n")


if __name__ == "__main__":
    main()
