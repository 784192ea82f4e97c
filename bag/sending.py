"""What it costs to send what is in a bag, and what of it is not sent to there."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property

from django.http import HttpRequest

from bag.asked.services import NO_QUOTES, Quotes, exported_of, quotes_in
from bag.lines import BagLine
from store.models import ShopProfile
from store.shipping.choice import chosen_country
from store.shipping.prices import Sending, Why, Zones
from store.shipping.zones import send, zones_for_pages
from store.taxes.lines import tax_off
from typed.countries import country_name


class SendingMixin:
    """Of the bag, which has the lines."""

    request: HttpRequest

    @property
    def key(self) -> str | None:
        raise NotImplementedError

    @cached_property
    def lines(self) -> list[BagLine]:
        raise NotImplementedError

    @property
    def goods_total(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0))

    # Of where it goes, once somebody has typed it.
    postcode: str | None = None

    def send_to(self, country: str, zones: Zones, postcode: str | None = None) -> None:
        """Let what is sent go to a country, for the prices of these zones."""
        self.zones, self.country, self.postcode = zones, country, postcode
        for found in ("sending", "quotes", "exported", "tax_off"):
            self.__dict__.pop(found, None)

    @cached_property
    def zones(self) -> Zones:
        return zones_for_pages()

    @cached_property
    def country(self) -> str:
        """The code of the country that what is sent goes to: one price for all asks for none."""
        chosen = chosen_country(self.request) if self.zones.of_country else ""
        return chosen or self.zones.home

    @property
    def country_name(self) -> str:
        """For pages of a shop whose prices depend on it, else empty."""
        return country_name(self.country) if self.zones.of_country else ""

    @cached_property
    def sending(self) -> Sending:
        """What it costs to send what is held, as far as it can be sent."""
        held = [(line.item, line.held) for line in self.lines if line.held]
        return send(held, self.country, self.zones, self.quoted)

    @cached_property
    def quotes(self) -> Quotes:
        """What staff have said on request, of what is held; only zones leave anything to ask."""
        if not (self.key and self.zones.of_country):
            return NO_QUOTES
        return quotes_in(self.key, self.country, self.postcode)

    @property
    def quoted(self) -> Mapping[int, Sequence[Decimal]]:
        return self.quotes.prices

    @cached_property
    def exported(self) -> set[int]:
        """The items that go as an export, without VAT."""
        return exported_of({line.item.pk: line.held for line in self.lines}, self.quotes)

    @cached_property
    def tax_off(self) -> Decimal:
        """What is not asked for of things and shipping: the VAT in what goes as an export."""
        if not self.exported:
            return Decimal(0)
        things = [line for line in self.lines if line.item.pk in self.exported]
        sent = self.sending.prices
        shop = ShopProfile.get_solo()
        return sum(
            (tax_off(line.item, line.held, sent.get(line.item.pk), shop) for line in things),
            Decimal(0),
        )

    @property
    def tax_off_below_zero(self) -> Decimal:
        return -self.tax_off

    @property
    def shipping_total(self) -> Decimal:
        """Shipping, should all that can be sent be sent."""
        return self.sending.total

    @property
    def total(self) -> Decimal:
        return self.goods_total + self.shipping_total - self.tax_off

    @property
    def not_sent(self) -> list[BagLine]:
        """Held lines that the shop does not send, or not there, or not for a price that it has."""
        return [line for line in self.lines if line.item.pk in self.sending.refused]

    def _refused(self, why: Why) -> list[BagLine]:
        refused = self.sending.refused
        return [line for line in self.lines if refused.get(line.item.pk) == why]

    @property
    def collection_only(self) -> list[BagLine]:
        """Held lines that the shop sends nowhere."""
        return self._refused(Why.COLLECTED)

    @property
    def on_request(self) -> list[BagLine]:
        """Held lines for whose sending to there the shop has no price, but would say one."""
        return self._refused(Why.ON_REQUEST)

    @property
    def not_there(self) -> list[BagLine]:
        """Held lines that are sent, but not to there."""
        return [*self._refused(Why.NOT_THERE), *self._refused(Why.PAPERS)]
