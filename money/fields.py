from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class AmountField(forms.DecimalField):
    """A number that can be compared: Django asks first whether it has changed, then what it is."""

    def to_python(self, value: Any) -> Any:
        number = super().to_python(value)
        if number is not None and not number.is_finite():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number
