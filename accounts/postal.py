"""Addresses to which things are sent, and what of them the release before writes."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from typed.address_forms import address_lines
from typed.countries import country_code, country_name

# So many addresses of each kind are matched in one round of the timer.
ADDRESSES_PER_ROUND = 500
COUNTRY = ("country_code", "country", "country_read")
IS_UNREAD = ~Q(country=F("country_read"))
IS_UNKNOWN = Q(country_code="") & ~Q(country="")


class Address(models.Model):
    """Where something is sent to. A customer keeps one, an order takes a copy.

    The country is its code. The release before knows none, and reads and writes only the name of
    the country: whatever stands there that was not read yet is newer than the code. Once it is
    gone, so are `country` and `country_read`.
    """

    # What people fill in, what they are shown, and all that is written.
    COLUMNS: ClassVar[list[str]] = [
        *("street", "address_extra", "postcode", "city", "region", "country_code"),
    ]
    SHOWN: ClassVar[list[str]] = [*COLUMNS[:-1], "country_name"]
    ALL_COLUMNS: ClassVar[list[str]] = [*COLUMNS, "country", "country_read"]

    street = models.CharField(_("street and number"), max_length=200, blank=True)
    address_extra = models.CharField(_("address, second line"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    # As the post of the country writes it, such as "CA"; in most countries there is none.
    region = models.CharField(
        _("state or region"), max_length=100, blank=True, default="", db_default=""
    )
    country_code = models.CharField(
        _("country"), max_length=2, blank=True, default="", db_default=""
    )
    # As somebody has typed it, or else its name in the language of the address' owner.
    country = models.CharField(max_length=100, blank=True, editable=False)
    # The name that stood there when the code was written.
    country_read = models.CharField(
        max_length=100, blank=True, default="", db_default="", editable=False
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.settle_country()
        written = kwargs.get("update_fields")
        if written is not None and {*COUNTRY} & {*written}:
            kwargs["update_fields"] = {*written, *COUNTRY}
        super().save(*args, **kwargs)

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any) -> Self:
        found = super().from_db(db, field_names, values)
        if {*COUNTRY} <= {*field_names} and found.country != found.country_read:
            found.settle_country()
        return found

    def settle_country(self) -> None:
        """Make the code and the name one: the name where it is newer, else the code."""
        if self.country != self.country_read:
            self.country_code = country_code(self.country)
        elif country_code(self.country) != self.country_code:
            language = getattr(self, "language", "") or get_language() or "en"
            self.country = country_name(self.country_code, language)
        self.country_read = self.country

    @property
    def country_name(self) -> str:
        """In the language of the page or paper; of one that nobody knows, as it was typed."""
        return country_name(self.country_code) or self.country

    @property
    def address_lines(self) -> list[str]:
        """The address as the post of its country wants it on an envelope, without empty lines."""
        parts = {name: getattr(self, name) for name in ("postcode", "city", "region")}
        street = "\n".join(filter(None, [self.street, self.address_extra]))
        lines = address_lines(self.country_code, {"street": street, **parts})
        return [*lines, self.country_name] if self.country_name else lines


def match_countries() -> int:
    """Find the codes of some countries of which only the name is written; return how many."""
    kinds = [model for model in apps.get_models() if issubclass(model, Address)]
    return sum(match_in(model) for model in kinds)


def match_in(model: type[Address]) -> int:
    unread = model._default_manager.filter(IS_UNREAD).order_by("pk")
    found = dict(unread.values_list("pk", "country")[:ADDRESSES_PER_ROUND])
    return sum(match(model, [*found], name) for name in sorted({*found.values()}))


def match(model: type[Address], keys: Sequence[int], name: str) -> int:
    rows = model._default_manager.filter(IS_UNREAD, pk__in=keys, country=name)
    return rows.update(country_code=country_code(name), country_read=name)
