from django import forms
from django.utils.translation import gettext_lazy as _


class QuantityForm(forms.Form):
    """How many pieces to add or take out; left out, it is one."""

    quantity = forms.IntegerField(
        label=_("How many"), min_value=1, max_value=200, required=False, initial=1
    )

    def clean_quantity(self) -> int:
        return self.cleaned_data["quantity"] or 1
