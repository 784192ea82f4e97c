"""Columns of what things say in the further languages of the shop, such as `title:de`."""

import re
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from store.imports.problems import short
from store.imports.recognising import UnreadableFile
from store.models import Item, ShopProfile

# A text of ours, and what looks like a language.
IN_A_LANGUAGE = re.compile(rf"({'|'.join(Item.TRANSLATED)})\s*:\s*([a-z]{{2,3}}(?:-[a-z]+)?)", re.I)
# Texts by field and language.
Translations = Mapping[tuple[str, str], str]


def translated_columns() -> dict[str, tuple[str, str]]:
    """Field and language of each column, by its name; none in a shop of one language."""
    languages = ShopProfile.get_solo().languages[1:]
    return {f"{field}:{code}": (field, code) for code in languages for field in Item.TRANSLATED}


def check_languages(written: Iterable[str], columns: Mapping[str, tuple[str, str]]) -> None:
    """Raise UnreadableFile for a text in a language that is in none of the `translated_columns`.

    Nobody would see it, and nobody would miss it either.
    """
    known = {code.casefold() for _field, code in columns.values()}
    for column in written:
        found = IN_A_LANGUAGE.fullmatch(column.strip())
        if found and found[2].casefold() not in known:
            told = {"column": short(column), "languages": ", ".join(sorted(known)) or "–"}
            raise UnreadableFile(
                _(
                    "The column “%(column)s” is in none of the further languages of the shop "
                    "(%(languages)s): choose that language in the shop’s profile first, or take "
                    "the column out. What is in the main language has no language in its name."
                )
                % told
            )


def translated(item: Item, texts: Translations) -> dict[str, dict[str, str]]:
    """What an item says in further languages once it says these; `item` stays as it is."""
    copy = Item(translations=item.translations)
    for (field, language), text in texts.items():
        copy.translate(field, language, text)
    found: dict[str, dict[str, str]] = copy.translations
    return found
