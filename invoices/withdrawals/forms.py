"""What a declaration of withdrawal asks: three things, as Article 11a(3) of 2011/83/EU allows."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.contact_fields import LineField
from accounts.forms import EmailAddressField, NameField
from invoices.models.withdrawal import LONGEST_CONTRACT
from invoices.withdrawals.contracts import Contract
from invoices.withdrawals.left import rest_of
from money.filters import money
from store.models import Order, OrderLine


class WithdrawalForm(forms.Form):
    """Who, from which contract, and where the confirmation goes. Nobody is asked why.

    Who comes from the contract's page or mail need not name it, and may choose things of it.
    """

    name = NameField(label=_("Your name"))
    contract = LineField(
        label=_("Which contract?"),
        max_length=LONGEST_CONTRACT,
        help_text=_(
            "The number of your order or repair, such as R00012 or W00012, or the link from our "
            "mail. If you do not know it, say what it was about. If it is only about some of the "
            "things, name them."
        ),
    )
    email = EmailAddressField(label=_("Where shall the confirmation go?"))

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not contract.subject:
            return
        del self.fields["contract"]
        left = rest_of(contract.order) if contract.order else []
        # Also when one is left of several: then it is said which.
        if contract.order and left and contract.order.lines.count() > 1:
            self.fields["lines"] = things_field(contract.order, left)


def things_field(order: Order, lines: list[OrderLine]) -> forms.TypedMultipleChoiceField:
    """All of an order, or some of it."""
    return forms.TypedMultipleChoiceField(
        label=_("From which things?"),
        coerce=int,
        choices=[
            (line.pk, f"{line.title} ({line.piece}), {money(line.price, order.currency)}")
            for line in lines
        ],
        initial=[line.pk for line in lines],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one of them."),
            "invalid_choice": _("You have withdrawn from some of it meanwhile: this is the rest."),
        },
    )
