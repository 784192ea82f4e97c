from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.contact_fields import CONTACT_FIELDS, AddressForm
from accounts.forms import EmailAddressField, NameField
from accounts.models import Address, User
from accounts.validators import validate_one_line
from invoices.card_limits import why_no_card
from invoices.exceptions import NoCard
from money.currency import shop_currency
from money.filters import money
from store.carriers import Carrier
from store.models import Item, Order, ShopProfile
from store.models.terms import digest_of, terms_of
from store.shipping.prices import Why
from typed.address_forms import address_shape
from typed.countries import country_name

WHY_NOT_THERE = {
    Why.PAPERS: _("By its papers we may send “%(title)s” %(where)s only."),
    Why.NOT_THERE: _(
        "We do not send “%(title)s” to %(country)s: collect it, or take it out of your bag."
    ),
    Why.ON_REQUEST: _(
        "What it costs to send “%(title)s” to %(country)s we say on request: please ask us first."
    ),
}
ADDRESS = Address.COLUMNS


def payment_methods(shop: ShopProfile) -> list[tuple[str, Any]]:
    """What the shop offers: cards with an account at Stripe, transfers with one at a bank."""
    missing = set()
    if not settings.STRIPE_SECRET_KEY:
        missing.add(Order.PaymentMethod.CARD)
    if not shop.takes_transfers:
        missing.add(Order.PaymentMethod.TRANSFER)
    return [way for way in Order.PaymentMethod.choices if way[0] not in missing]


class OrderForm(AddressForm):
    """What an order and its correction have in common: an address to which something goes."""

    may_be_empty = False

    def has_address(self, data: dict[str, Any]) -> bool:
        return bool(data.get("delivery", Order.Delivery.SHIP) == Order.Delivery.SHIP)

    def check_address(self, data: Mapping[str, Any]) -> None:
        """Ask for what nothing arrives without in that country."""
        needed = {*address_shape(data.get("country_code", "")).needed, "country_code"}
        for name in [each for each in ADDRESS if each in needed]:
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("We need this to send it to you."))


class CheckoutForm(OrderForm):
    """Contact, delivery and payment. What is bought comes from the bag, never from here."""

    name = NameField()
    email = EmailAddressField()
    delivery = forms.ChoiceField(
        label=_("How do you get it?"),
        choices=[
            (Order.Delivery.COLLECT, _("I collect it at the shop")),
            (Order.Delivery.SHIP, _("Send it to me")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of these.")},
    )
    # Which version is agreed to.
    agreed_terms = ""
    # Its choices are asked anew for each form.
    payment_method = forms.ChoiceField(label=_("How do you pay?"), widget=forms.RadioSelect)
    terms = forms.BooleanField(
        label=_("I agree to the terms of sale."),
        error_messages={"required": _("Please agree to the terms to place the order.")},
    )

    class Meta:
        model = Order
        fields = [
            *("name", "email", "phone", "for_business", "delivery"),
            *(*ADDRESS, "payment_method", "note"),
        ]
        field_classes = CONTACT_FIELDS
        widgets = {
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
            "street": forms.TextInput(attrs={"autocomplete": "address-line1"}),
            "address_extra": forms.TextInput(attrs={"autocomplete": "address-line2"}),
            "postcode": forms.TextInput(attrs={"autocomplete": "postal-code"}),
            "city": forms.TextInput(attrs={"autocomplete": "address-level2"}),
            "region": forms.TextInput(attrs={"autocomplete": "address-level1"}),
            "note": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "phone": _("Only to ask you about this order."),
            "for_business": _("Then there is no right to withdraw from the order."),
        }

    def __init__(
        self,
        *args: Any,
        refused: Sequence[tuple[Item, Why]],
        totals: Mapping[str, Decimal],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        currency = shop_currency()
        self.no_card = {way: why_no_card(total, currency) for way, total in totals.items()}
        # Terms and button stand behind the summary, outside of the form's element.
        self.fields["terms"].widget.attrs["form"] = "checkout"
        self.refused = refused
        self.collection_only = [
            item.translated.title for item, why in refused if why == Why.COLLECTED
        ]
        # What is only shown may be a minute old; what was sent is held to what is so now.
        shop = ShopProfile.get_solo() if self.is_bound else ShopProfile.for_pages()
        self.offer_what_the_shop_can(shop)
        if self.sends_nothing:
            self.take_shipping_away()
            self.no_card.pop(Order.Delivery.SHIP, None)
        if self.no_card and all(self.no_card.values()):
            self.take_cards_away()
        for name in ["phone", *ADDRESS]:
            self.fields[name].validators.append(validate_one_line)

    def offer_what_the_shop_can(self, shop: ShopProfile) -> None:
        """Nobody pays into no account, agrees to what is not written, or is sent unpaid things."""
        ways = payment_methods(shop)
        names = [value for value, _label in ways]
        self.fields["payment_method"].choices = ways  # type: ignore[attr-defined]
        if self.initial.get("payment_method") not in names:
            usual = Order.PaymentMethod.TRANSFER
            self.initial["payment_method"] = usual if usual in names else names[0]
        if terms := terms_of(shop, self.instance.language):
            # Which of them the page leads to.
            self.fields["terms"].widget.attrs["value"] = digest_of(terms)
        else:
            del self.fields["terms"]
        self.sends_nothing = bool(self.collection_only) or names == [Order.PaymentMethod.SHOP]

    def name_prices(self, shipping: Sequence[Decimal]) -> None:
        """Say beside each way of delivery what it costs; of several things, what each adds.

        What is not sent to there has no price: the summary says why.
        """
        total, parts = sum(shipping), [money(each) for each in shipping if each]
        sent = money(total) if total else _("no charge")
        if len(parts) > 1:
            sent = f"{sent} ({' + '.join(parts)})"
        prices: dict[str, Any] = {Order.Delivery.COLLECT: _("no charge")}
        if not self.refused:
            prices[Order.Delivery.SHIP] = sent
        widget = cast(forms.RadioSelect, self.fields["delivery"].widget)
        widget.choices = [
            (value, f"{label} · {prices[value]}" if value in prices else label)
            for value, label in widget.choices
        ]

    def take_shipping_away(self) -> None:
        """Offer no more than is possible, and say why. A page from before may still ask for it."""
        delivery = self.fields["delivery"]
        widget = cast(forms.RadioSelect, delivery.widget)
        widget.choices = [each for each in widget.choices if each[0] != Order.Delivery.SHIP]
        delivery.initial = self.initial["delivery"] = Order.Delivery.COLLECT
        delivery.help_text = self.why_not_sent

    def take_cards_away(self) -> None:
        """Offer no card where none can pay it, whichever way it goes, and say what else there is.

        A page from before may still ask for it.
        """
        method = self.fields["payment_method"]
        widget = cast(forms.RadioSelect, method.widget)
        before = list(widget.choices)
        widget.choices = [each for each in before if each[0] != Order.PaymentMethod.CARD]
        if len(widget.choices) == len(before):
            return
        if self.initial.get("payment_method") == Order.PaymentMethod.CARD:
            self.initial["payment_method"] = widget.choices[0][0]
        method.help_text = NoCard(next(iter(self.no_card.values()))).sentence

    @property
    def why_not_sent(self) -> str:
        if not self.collection_only:
            return str(_("We cannot be paid from afar: collect it, and pay at the shop."))
        titles = ", ".join(_("“%s”") % title for title in self.collection_only)
        message = _("We do not send %(titles)s: collect it, or take it out of your bag.")
        return str(message % {"titles": titles})

    def clean_delivery(self) -> str:
        delivery: str = self.cleaned_data["delivery"]
        if delivery == Order.Delivery.SHIP and self.sends_nothing:
            raise forms.ValidationError(self.why_not_sent)
        return delivery

    def clean_terms(self) -> bool:
        """Agreed is what the page led to, not what staff have written since."""
        agreed = str(self.data.get("terms"))
        # A page of the version before does not say to which.
        self.agreed_terms = agreed if agreed != "on" else ""
        if agreed not in {self.fields["terms"].widget.attrs["value"], "on"}:
            sent: Any = self.data.copy()  # type: ignore[attr-defined]
            self.data = {**sent.dict(), "terms": ""}
            raise forms.ValidationError(
                _("The terms of sale have changed meanwhile. Please read them, and agree again.")
            )
        return True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        why = self.no_card.get(data.get("delivery", ""))
        if why and data.get("payment_method") == Order.PaymentMethod.CARD:
            self.add_error("payment_method", NoCard(why).sentence)
        if data.get("delivery") != Order.Delivery.SHIP:
            # An address typed before choosing to collect is nobody's business.
            return {**data, **dict.fromkeys(ADDRESS, "")}
        self.check_address(data)
        self.check_where(data.get("country_code", ""))
        if data.get("payment_method") == Order.PaymentMethod.SHOP:
            self.add_error("payment_method", _("What we send is paid first, not at the shop."))
        return data

    def check_where(self, country: str) -> None:
        """Each thing goes there, as its papers and the zones say."""
        item, why = next(iter(self.refused), (None, None))
        if not country or item is None or why is None or why not in WHY_NOT_THERE:
            return
        said = {
            "title": item.translated.title,
            "country": country_name(country),
            "where": item.get_sent_to_display(),
        }
        self.add_error("country_code", forms.ValidationError(WHY_NOT_THERE[why], params=said))


class OrderTransitionForm(forms.Form):
    """One of the buttons on an order in the admin."""

    transition = forms.ChoiceField(
        choices=[way for way in Order.Transition.choices if way[0] not in Order.CAME_BACK]
    )
    tracking = forms.CharField(label=_("Tracking number"), max_length=100, required=False)
    carrier = forms.ChoiceField(choices=[("", "–"), *Carrier.choices], required=False)


def prefilled(user: Any, bag_key: str | None) -> dict[str, Any]:
    """What the shop knows of a customer, as initial values of the checkout.

    Whoever comes back from paying finds what was typed for the order that is cancelled now.
    """
    customer = user if isinstance(user, User) else None
    latest = Order.objects.filter(bag_key=bag_key, customer=customer).order_by("pk").last()
    if latest and latest.state == Order.State.CANCELLED:
        return {name: getattr(latest, name) for name in CheckoutForm.Meta.fields}
    initial: dict[str, Any] = {}
    if isinstance(user, User):
        initial |= {"name": user.name, "email": user.email}
        if customer := getattr(user, "customer", None):
            initial |= {name: getattr(customer, name) for name in ["phone", *ADDRESS]}
    return initial
