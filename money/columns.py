"""Columns of the database for amounts."""

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from babel.core import get_global
from django.conf import settings
from django.db import models
from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from money.currency import MOST_DECIMALS, decimals_of, shop_currency
from money.fields import AmountField
from money.rounding import rounded

FINEST = Decimal(1).scaleb(-MOST_DECIMALS)
CENT = Decimal("0.01")


def without_idle_mill(amount: Decimal) -> Decimal:
    """An amount with two decimals, or with three where it has so many: 12.50, 1.235."""
    exact = amount.quantize(FINEST, ROUND_HALF_UP)
    cents = exact.quantize(CENT)
    return cents if cents == exact else exact


# What may be set, and what is read: nothing too, where a column may be empty.
Set = TypeVar("Set")
Got = TypeVar("Got")

if TYPE_CHECKING:
    Decimals = models.DecimalField
else:

    class Decimals(models.DecimalField):
        def __class_getitem__(cls, _types: Any) -> type:
            return cls


class AmountColumn(Decimals[Set, Got]):
    """An amount in any currency: room for the third decimal that dinars have.

    On PostgreSQL it is a number without a fixed scale: it comes back as it was written, 12.50 and
    not 12.500, which forms of the version before would refuse. Forms read it as people type.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        defaults = {"max_digits": 8 + MOST_DECIMALS, "decimal_places": MOST_DECIMALS}
        super().__init__(*args, **{**defaults, **kwargs})

    def db_type(self, connection: Any) -> str | None:
        return "numeric" if connection.vendor == "postgresql" else super().db_type(connection)

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return without_idle_mill(prepared) if isinstance(prepared, Decimal) else prepared

    def from_db_value(self, value: Decimal | None, *args: Any) -> Decimal | None:
        # SQLite counts sums of them with binary fractions.
        return None if value is None else without_idle_mill(value)

    def formfield(self, **kwargs: Any) -> Any:  # type: ignore[override] # as Django's own
        return super().formfield(**{"form_class": AmountField, **kwargs})


class PriceColumn(AmountColumn[Set, Got]):
    """An amount that is no paper's, and so always in the shop's currency of now, and its unit."""

    def from_db_value(self, value: Decimal | None, *args: Any) -> Decimal | None:
        return None if value is None else rounded(value)

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return super().get_prep_value(rounded(prepared)) if prepared is not None else None


class CurrencyColumn(models.CharField):
    """The currency that the amounts of a paper are in: the shop's when it was written.

    What the version before writes, which does not know the column, and what it wrote, have the
    currency that the shop has while the column is made.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        fixed = {"max_length": 3, "editable": False, "default": shop_currency}
        kwargs = {"verbose_name": _("currency"), **kwargs, **fixed}
        super().__init__(*args, **{**kwargs, "db_default": settings.CURRENCY})

    def deconstruct(self) -> Any:
        """Without the setting of the day, which would ask for a migration when it is changed."""
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "editable", "default", "db_default"):
            kwargs.pop(fixed)
        return name, path, args, kwargs


def decimals_in_query(currency: str) -> Case:
    """How many decimals amounts have whose currency is in a field of this name.

    Most are in the shop's: the database is asked of that first, and not of sixty others each time.
    """
    usual = shop_currency()
    odd: dict[int, list[str]] = {}
    for code in get_global("currency_fractions"):
        odd.setdefault(decimals_of(code), []).append(code)
    whens = [When(**{f"{currency}__in": codes}, then=Value(n)) for n, codes in odd.items()]
    first = When(**{currency: usual}, then=Value(decimals_of(usual)))
    return Case(first, *whens, default=Value(2), output_field=models.IntegerField())
