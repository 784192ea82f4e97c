"""How spreadsheets of different countries expect a CSV file. Dates are ISO 8601 to all of them."""

from decimal import Decimal
from typing import Self

from babel.numbers import get_decimal_symbol
from django.conf import settings
from django.db import models
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _


class Dialect(models.TextChoices):
    """A spreadsheet that writes decimals with commas expects something else between its cells."""

    POINT = "point", _("1234.50, commas between the cells")
    COMMA = "comma", _("1234,50, semicolons between the cells")

    @property
    def separator(self) -> str:
        return ";" if self is Dialect.COMMA else ","

    def number(self, value: Decimal) -> str:
        text = f"{value:f}"
        return text.replace(".", ",") if self is Dialect.COMMA else text

    @classmethod
    def of_reader(cls) -> Self:
        """What a spreadsheet in the active language expects."""
        language = get_language() or settings.LANGUAGE_CODE
        return cls("comma" if get_decimal_symbol(to_locale(language)) == "," else "point")

    @classmethod
    def chosen(cls, value: str | None) -> Self:
        """A choice that somebody sent; what is none is what programs expect."""
        return cls(value if value in cls.values else "point")
