"""What owners write in several languages: the words of the main one in a column, as ever, and those
of the others beside it, in one column for a whole row.
"""

from collections.abc import Mapping
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import get_language

# By language.
Others = Mapping[str, str]


class Words(str):
    """What a row says, and in which language it says it."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str) -> Self:
        made = super().__new__(cls, text)
        made.language = language
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """For a cache that keeps it."""
        return str(self), self.language

    def __eq__(self, other: object) -> bool:
        """What is kept by its words is marked with the right language, too."""
        same_language = getattr(other, "language", self.language) == self.language
        return same_language and str.__eq__(self, other) is True

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def said(text: str, others: Others | None, language: str | None = None) -> Words:
    """What is shown to whoever reads a language, or else the active one: in the main one where
    nobody has translated it.
    """
    language = language or get_language()
    if others and language and (translated := others.get(language)):
        return Words(translated, language)
    return Words(text, settings.LANGUAGE_CODE)


class TranslatedMixin(models.Model):
    """A row some of whose texts are translated.

    Its fields hold the main language, in which staff work and which releases before know; what is
    shown to customers is `row.translated.title`.
    """

    # Names of its fields that may be.
    TRANSLATED: ClassVar[tuple[str, ...]] = ()
    # By field and language: {"title": {"de": "Lampe"}}. By field first, so that a list of many
    # rows can ask for their titles alone.
    translations = models.JSONField(default=dict, db_default={}, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def translated(self) -> "Translated":
        return self.translated_into(None)

    def translated_into(self, language: str | None) -> "Translated":
        """For whoever reads a language, whatever is spoken just now."""
        return Translated(self, language)

    def others(self, field: str) -> Others:
        """By language, what is not the main one."""
        found: Others = self.translations.get(field, {})
        return found

    def in_all_languages(self, field: str) -> str:
        return " ".join([getattr(self, field), *self.others(field).values()])

    def translate(self, field: str, language: str, text: str) -> None:
        """Say a field in another language; nothing there takes it away. It is not saved by this."""
        others = {**self.others(field), language: text}
        others = {code: others[code] for code in sorted(others) if others[code]}
        rest = {name: self.translations[name] for name in self.translations if name != field}
        self.translations = {**rest, field: others} if others else rest


class Translated:
    """The texts of a row in a language, by the names of its fields."""

    def __init__(self, row: TranslatedMixin, language: str | None) -> None:
        self.row, self.language = row, language

    def __getattr__(self, field: str) -> Words:
        if field not in self.row.TRANSLATED:
            raise AttributeError(field)
        return said(getattr(self.row, field), self.row.others(field), self.language)
