from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import EmailAddressField
from accounts.secrets import new_secret
from invoices.admin.forms import MoneyField
from invoices.counter.chosen import Chosen
from invoices.exceptions import SummaryChanged
from invoices.models import Payment
from mail.telling import say_what_is_mailed
from money.currency import MOST_DECIMALS
from money.filters import money
from money.typed import MOST_DIGITS

CASH, TERMINAL = Payment.Method.CASH, Payment.Method.TERMINAL
WAYS = [
    (CASH.value, gettext_lazy("Cash")),
    (TERMINAL.value, gettext_lazy("Card terminal")),
    ("both", gettext_lazy("Cash, the rest by card")),
    ("transfer", gettext_lazy("Keep it until a transfer arrives")),
]
# What is typed of a sale, and stays while more is found for it.
TYPED = [
    *("given", "discount", "discount_reason", "name", "email"),
    *("release_reason", "to_another", "idempotency_key"),
]


class TillForm(forms.Form):
    """How it is paid: by one of the buttons, of which `pay` is the value, and who pays."""

    given = MoneyField(
        label=gettext_lazy("Cash given"),
        required=False,
        help_text=gettext_lazy("Leave it empty when it is just right."),
    )
    discount = MoneyField(label=gettext_lazy("Discount on the things"), required=False)
    discount_reason = forms.CharField(label=gettext_lazy("Why"), max_length=100, required=False)
    name = forms.CharField(
        label=gettext_lazy("Name on the invoice"), max_length=150, required=False
    )
    email = EmailAddressField(
        label=gettext_lazy("E-mail address"),
        required=False,
        help_text=gettext_lazy("The invoice goes there. Without one, nothing is mailed."),
    )
    release_reason = forms.CharField(
        label=gettext_lazy("Why it is taken from somebody"),
        max_length=200,
        required=False,
    )
    to_another = forms.TypedChoiceField(
        label=gettext_lazy("Who buys it"),
        coerce=bool,
        required=False,
        widget=forms.RadioSelect,
    )
    pay = forms.ChoiceField(widget=forms.HiddenInput)
    # What the page showed, before a discount.
    shown = forms.DecimalField(
        min_value=0,
        max_digits=MOST_DIGITS,
        decimal_places=MOST_DECIMALS,
        widget=forms.HiddenInput,
    )
    idempotency_key = forms.CharField(max_length=50, widget=forms.HiddenInput)

    def __init__(self, *data: Any, chosen: Chosen, may_release: bool) -> None:
        super().__init__(*data)
        self.is_begun = self.is_bound
        say_what_is_mailed(self.fields["email"])
        self.before, has_things = chosen.total, bool(chosen.pieces)
        self.in_bags, reserved = bool(chosen.in_bags), bool(chosen.reserved)
        self.initial = {"idempotency_key": new_secret(), "shown": self.before, "to_another": ""}
        pay = cast(forms.ChoiceField, self.fields["pay"])
        pay.choices = WAYS if has_things else WAYS[:-1]
        if not has_things:
            for name in ("discount", "discount_reason", "name", "email"):
                del self.fields[name]
        if may_release and reserved:
            whose = cast(forms.ChoiceField, self.fields["to_another"])
            whose.choices = [("", chosen.owners_are_here), ("on", _("Somebody else buys it"))]
        else:
            del self.fields["to_another"]
        if not (may_release and (self.in_bags or reserved)):
            del self.fields["release_reason"]

    def begin_with(self, sent: Mapping[str, str]) -> None:
        """Show what was typed before, as it was; nothing is asked of it yet."""
        self.is_begun = True
        self.initial.update({name: sent[name] for name in TYPED if name in sent})

    @property
    def has_more(self) -> bool:
        """Whether something was typed, or is wrong, in what is seldom needed and folded away."""
        seldom = ("discount", "discount_reason", "name", "email")
        return self.is_begun and any(self.errors.get(name) or self[name].value() for name in seldom)

    @property
    def discounted(self) -> Decimal:
        """What a discount takes off that was typed and may be given; below zero."""
        if not self.is_begun or "discount" not in self.fields:
            return Decimal(0)
        try:
            discount = self.fields["discount"].clean(self["discount"].value())
        except forms.ValidationError:
            return Decimal(0)
        return -discount if discount and discount < self.before else Decimal(0)

    @property
    def to_pay(self) -> Decimal:
        """What the page shows, of what it costs now."""
        return self.before + self.discounted

    @property
    def total(self) -> Decimal:
        discount = self.cleaned_data.get("discount") or Decimal(0)
        return Decimal(self.cleaned_data["shown"] - discount)

    @property
    def change(self) -> Decimal:
        """What goes back to whoever gave more cash than it costs."""
        given = self.cleaned_data.get("given")
        is_cash = self.cleaned_data["pay"] == CASH
        return max(Decimal(0), given - self.total) if is_cash and given else Decimal(0)

    @property
    def by_card(self) -> Decimal:
        """What is left for the card beside cash; 0 where it is paid in one way alone."""
        if self.errors and {"pay", "shown", "given", "discount"} & {*self.errors}:
            return Decimal(0)
        given = self.cleaned_data.get("given") if self.is_bound else None
        is_both = given and self.cleaned_data["pay"] == "both"
        return max(Decimal(0), self.total - given) if is_both and given else Decimal(0)

    @property
    def money(self) -> list[tuple[Payment.Method, Decimal]]:
        given = self.cleaned_data.get("given") or Decimal(0)
        match self.cleaned_data["pay"]:
            case "transfer":
                return []
            case "both":
                return [(CASH, given), (TERMINAL, self.total - given)]
            case method:
                return [(Payment.Method(method), self.total)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        takes = self.in_bags or data.get("to_another")
        if takes and "release_reason" in self.fields and not data.get("release_reason"):
            self.add_error(
                "release_reason", _("It is held for somebody: say why somebody else gets it.")
            )
        if "shown" in self.errors:
            self.add_error(None, SummaryChanged().sentence)
        if self.errors:
            return data
        if data.get("discount") and not data["discount_reason"]:
            self.add_error("discount_reason", _("Say why: it stands on the invoice."))
        if data.get("discount") and data["discount"] >= data["shown"]:
            self.add_error("discount", _("That is all it costs, or more."))
        given, total = data.get("given"), self.total
        if data["pay"] == CASH and given and given < total:
            missing = money(total - given)
            self.add_error("given", _("%s are missing. The rest may go by card.") % missing)
        if data["pay"] == "both" and not (given and given < total):
            self.add_error("given", _("Say how much of it is paid in cash."))
        if data["pay"] == "transfer" and not (data["name"] and data["email"]):
            self.add_error(
                "email", _("Who pays by transfer has a name and an address for the bill.")
            )
        return data
