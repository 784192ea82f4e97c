"""VAT by the country that the shop sends to: the owner looks the rates up, and confirms them."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from store.admin.destination_rates_field import DestinationRatesField
from store.models import ShopProfile, ZoneCountry
from store.taxes.places import MEMBERS, SAME_AS
from store.taxes.rates import DestinationRate, proposed_rates, table_day
from typed.countries import country_name

RATES_HELP = _(
    "A line each, such as “FR 20”, or “FR 20 5.5” with the rate there of what you sell at the "
    "reduced rate; without it the first counts. Look them up at your tax office or the European "
    "Commission, and write a new rate in on the day from which it counts: orders keep theirs."
)


def unknown_rates(codes: set[str], home: str, known: set[str]) -> list[str]:
    """Of countries to which something is sent, those whose rate nobody has confirmed, by name."""
    members = {SAME_AS.get(code, code) for code in codes} & MEMBERS
    return sorted(country_name(code) for code in members - known - {home})


class DestinationTaxesForm(forms.ModelForm):
    destination_rates = DestinationRatesField(
        label=_("VAT rates of other countries"), required=False, help_text=RATES_HELP
    )
    confirm_rates = forms.BooleanField(
        label=_("I have looked these rates up, and they are right"), required=False
    )
    # Who confirms: `ShopProfileAdmin` says it.
    user: User | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "destination_rates" in self.fields:
            self.show_rates(self.instance)

    def show_rates(self, shop: ShopProfile) -> None:
        """Those that were confirmed, or else what a table proposes; and which of it this is."""
        words = gettext("Nobody has confirmed these: a table of %(day)s proposes them.")
        facts = {"day": date_format(table_day())}
        if rates := list(shop.confirmed_rates.values()):
            last = max(rates, key=lambda rate: rate.day)
            who = User.objects.filter(pk=last.by).first() if last.by else None
            words = gettext("Confirmed on %(day)s by %(name)s.")
            facts = {"day": date_format(last.day), "name": str(who or gettext("somebody"))}
        else:
            proposed = proposed_rates(shop.country_code).items()
            lines = [f"{code} {rate.normalize():f}" for code, rate in proposed]
            self.initial["destination_rates"] = "\n".join(lines)
        field = self.fields["destination_rates"]
        field.help_text = format_lazy("{} {}", words % facts, RATES_HELP)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        if "destination_rates" in data:
            data["destination_rates"] = self.confirmed(data["destination_rates"])
            if data.get("tax_by_destination"):
                self.check_switch(data)
        return data

    def confirmed(self, found: dict[str, Any]) -> list[dict[str, str]]:
        """The rows of the profile: those it has, unless somebody has confirmed what was sent."""
        kept: list[dict[str, str]] = self.instance.destination_rates
        if self.cleaned_data.get("confirm_rates"):
            by = self.user.pk if self.user else None
            today = timezone.localdate()
            return [
                DestinationRate(code, standard, reduced, today, by).row
                for code, (standard, reduced) in sorted(found.items())
            ]
        if self.add_prefix("destination_rates") in self.data and found != self.shown(found):
            text = gettext("Please say that you have looked the rates up: you have changed them.")
            self.add_error("confirm_rates", text)
        return kept

    def shown(self, found: dict[str, Any]) -> dict[str, Any]:
        """What the form showed; whoever empties what nobody has confirmed changes nothing."""
        shop = self.instance
        if rates := shop.confirmed_rates:
            return {code: (rate.standard, rate.reduced) for code, rate in rates.items()}
        proposed = proposed_rates(shop.country_code)
        return {code: (rate, None) for code, rate in proposed.items()} if found else {}

    def check_switch(self, data: dict[str, Any]) -> None:
        """Refuse it while the rate of a country that the shop sends to is not known."""
        home, known = (
            data.get("country_code", ""),
            {row["country"] for row in data["destination_rates"]},
        )
        if home not in MEMBERS:
            text = gettext("This is for shops in a country of the EU: see the country above.")
            self.add_error("tax_by_destination", text)
        elif not data.get("tax_rate"):
            text = gettext("Your own tax rate is 0: who charges no VAT charges none for others.")
            self.add_error("tax_by_destination", text)
        elif missing := unknown_rates(self.sent_to(data), home, known):
            text = gettext("Nobody has confirmed the VAT rate of %s, where you send things.")
            self.add_error("tax_by_destination", text % ", ".join(missing))

    def sent_to(self, data: dict[str, Any]) -> set[str]:
        """To all countries, as long as no zones say otherwise."""
        if not data.get("shipping_by_zones"):
            return set(MEMBERS)
        return {*ZoneCountry.objects.values_list("code", flat=True)}
