"""In which language somebody is spoken to: that of an address, or of what it leads to."""

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import ResolverMatch, resolve, reverse
from django.utils.translation import override

LONGEST_CODE = 10
# What no page of ours begins with behind the first slash. Browsers take two slashes, and a
# backslash for one, for the beginning of a host, and leave out blanks and control characters.
NO_NAMES = "/\\" + "".join(map(chr, range(33)))
# Of the address that was asked for; a page of staff may speak another one to its reader.
of_address: ContextVar[str] = ContextVar("language_of_address", default="")


def visitors_language() -> str:
    """That of the address that a visitor has asked for; on pages of staff and by itself, the main
    one, which is set up.
    """
    return of_address.get() or str(settings.LANGUAGE_CODE)


def known(language: str) -> str:
    """A language that was written down, or the main one if the shop cannot speak it (any more)."""
    return language if language in dict(settings.LANGUAGES) else str(settings.LANGUAGE_CODE)


def own_names(languages: Iterable[str]) -> dict[str, str]:
    """What each of the languages calls itself, by its code."""
    names = dict(settings.LANGUAGES)
    return {code: names[code] for code in languages}


def speaking(language: str) -> override:
    """What is said within is said to whoever reads a language."""
    return override(known(language))


def split_language(path: str) -> tuple[str, str]:
    """Language and rest of an address: that of `/de/store/` is `de`, that of `/store/` the main."""
    code, slash, rest = path[1:].partition("/")
    if slash and code in dict(settings.LANGUAGES):
        return code, f"/{rest}"
    return str(settings.LANGUAGE_CODE), path


def in_language(path: str, language: str) -> str:
    """The same page's address in a language, and never one of another site.

    Behind the language there may stand what browsers take for a host: `/de//example.com/`.
    """
    bare = "/" + split_language(path)[1].lstrip(NO_NAMES)
    return bare if language == settings.LANGUAGE_CODE else f"/{language}{bare}"


def reverse_in(language: str, name: str, *args: Any) -> str:
    """The address of a page for whoever reads a language, whatever is spoken just now."""
    with speaking(language):
        return reverse(name, args=args)


def page_at(path: str) -> ResolverMatch:
    """What an address leads to, whoever asks in whichever language. Raises Resolver404."""
    with override(split_language(path)[0]):
        return resolve(path)


class LanguageField(models.CharField):
    """The language in which somebody is written to: of who files it, that of their page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs = {
            "max_length": LONGEST_CODE,
            "default": visitors_language,
            "db_default": "",
            "blank": True,
            "editable": False,
            **kwargs,
        }
        super().__init__(*args, **kwargs)
