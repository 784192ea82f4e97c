from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from money.currency import MOST_DECIMALS, reader_locale
from money.typed import NotAnAmount, like, read_amount


class NumberField(forms.DecimalField):
    """A number that can be compared: Django asks first whether it has changed, then what it is."""

    def to_python(self, value: Any) -> Any:
        number = super().to_python(value)
        if number is not None and not number.is_finite():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number


class AmountField(forms.DecimalField):
    """An amount of money as people type it: "1.250,00", "€ 45". See `money.typed.read_amount`.

    It is in the shop's currency, unless its form has set another one as `currency`.
    """

    # Browsers take nothing but plain numbers in an <input type="number">.
    widget = forms.TextInput
    currency = ""

    def __init__(self, **kwargs: Any) -> None:
        defaults = {"max_digits": 8 + MOST_DECIMALS, "decimal_places": MOST_DECIMALS}
        super().__init__(**{**defaults, **kwargs})

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return read_amount(str(value), currency=self.currency or None)
        except NotAnAmount as refusal:
            raise ValidationError(str(refusal), code="invalid") from refusal

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal) and value.is_finite():
            currency = self.currency or settings.CURRENCY
            return like(value, currency, reader_locale(), grouped=False)
        return value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal"}
