"""What staff fill in about money."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.secrets import new_secret
from invoices.models import Invoice, Payment, PaymentAttempt
from invoices.orders.returns import restockable
from invoices.orders.taxing import Way, way_of, ways_for
from invoices.payments.ledger import Received
from money.fields import AmountField
from money.filters import money
from repairs_restorals.admin.forms import DayField
from store.models import Piece
from store.versions import VersionedForm

# What staff take and give back; cards that are paid online are Stripe's affair.
BY_HAND = [
    (method.value, method.label)
    for method in (Payment.Method.CASH, Payment.Method.TERMINAL, Payment.Method.TRANSFER)
]


# Older days are slips of the pen.
A_YEAR = timedelta(days=366)


def validate_not_nothing(amount: Decimal) -> None:
    if amount <= 0:
        raise forms.ValidationError(_("This is no money: enter more than nothing."))


class MoneyField(AmountField):
    """An amount of money that changes hands: never nothing."""

    def __init__(self, **kwargs: Any) -> None:
        defaults = {"label": gettext_lazy("Amount"), "validators": [validate_not_nothing]}
        super().__init__(**{**defaults, **kwargs})


class InvoiceForm(VersionedForm):
    """A form on the page of an invoice. `name` is its prefix, so that several share the page."""

    name = ""

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        self.invoice = invoice
        initial = self.preset(invoice)
        super().__init__(*args, **{"prefix": self.name, "initial": initial, **kwargs})
        for field in self.fields.values():
            if isinstance(field, AmountField):
                field.currency = invoice.currency

    def preset(self, invoice: Invoice) -> dict[str, Any]:
        return {}

    @property
    def too_much(self) -> str:
        """How much it could have been at most; read after it was refused."""
        return ""

    @property
    def still_left(self) -> str:
        """What an amount is measured by, where the page has moved on."""
        return ""


class ReceivedForm(InvoiceForm):
    """Money that changed hands at the counter or at the bank."""

    amount = MoneyField()
    method = forms.ChoiceField(label=gettext_lazy("How"), choices=BY_HAND)
    received_on = DayField(label=gettext_lazy("Date"), required=True)
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("What the bank statement or the terminal’s slip calls it."),
    )
    idempotency_key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def preset(self, invoice: Invoice) -> dict[str, Any]:
        return {"received_on": timezone.localdate(), "idempotency_key": new_secret()}

    def clean_received_on(self) -> Any:
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        if day < timezone.localdate() - A_YEAR:
            raise forms.ValidationError(_("This day is more than a year ago."))
        return day

    @property
    def received(self) -> Received:
        data = {name: self.cleaned_data[name] for name in Received._fields}
        return Received(**{**data, "method": Payment.Method(data["method"])})


class PaymentForm(ReceivedForm):
    name = "payment"

    more = forms.BooleanField(
        label=gettext_lazy("So much was paid, though less was due"),
        required=False,
        help_text=gettext_lazy("What is too much stays on the invoice until you give it back."),
    )

    @property
    def too_much(self) -> str:
        left = money(max(self.invoice.balance, Decimal(0)), self.invoice.currency)
        return _("Only %s is left to pay. If more was paid, say so below.") % left

    @property
    def still_left(self) -> str:
        if self.invoice.balance <= 0:
            return _("Nothing is left to pay.")
        return _("%s is left to pay.") % money(self.invoice.balance, self.invoice.currency)

    def preset(self, invoice: Invoice) -> dict[str, Any]:
        due = invoice.due_now or max(Decimal(0), invoice.balance)
        by_transfer = invoice.order and invoice.order.payment_method == "transfer"
        method = Payment.Method.TRANSFER if by_transfer else Payment.Method.CASH
        return {**super().preset(invoice), "amount": due or None, "method": method}


class AgainField(forms.BooleanField):
    """Money that goes back without a credit note is owed again: nobody shall do that unawares."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("The customer is to pay it again"),
            required=False,
            help_text=gettext_lazy("Such as after a wrong entry."),
        )


class RefundByHandForm(ReceivedForm):
    name = "back"

    again = AgainField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].label = _("How it went back")

    def preset(self, invoice: Invoice) -> dict[str, Any]:
        most = invoice.refundable_by_hand
        method = next((p.method for p in invoice.payments.all() if not p.attempt_id), "cash")
        amount = min(most, invoice.excess)
        return {**super().preset(invoice), "amount": amount or None, "method": method}

    @property
    def too_much(self) -> str:
        return _("At most %s: more was not paid in this way.") % money(
            self.invoice.refundable_by_hand, self.invoice.currency
        )


class AttemptField(forms.ModelChoiceField):
    def label_from_instance(self, attempt: Any) -> str:
        amounts = {"amount": attempt.amount, "left": attempt.refundable}
        currency = attempt.invoice.currency
        left = {name: money(amount, currency) for name, amount in amounts.items()}
        return _("%(amount)s by card, %(left)s of it still here") % left


class RefundForm(InvoiceForm):
    """Money back to the card that it came from."""

    name = "refund"

    # Empty by default: a caller who forgets the invoice offers nobody's payments.
    attempt = AttemptField(
        label=gettext_lazy("Card payment"), queryset=PaymentAttempt.objects.none(), empty_label=None
    )
    amount = MoneyField()
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
    again = AgainField()
    idempotency_key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        paid = self.invoice.attempts.filter(state=PaymentAttempt.State.PAID)
        cast(AttemptField, self.fields["attempt"]).queryset = paid

    def preset(self, invoice: Invoice) -> dict[str, Any]:
        paid = invoice.attempts.filter(state=PaymentAttempt.State.PAID)
        attempt = max(paid, key=lambda attempt: attempt.refundable, default=None)
        most = attempt.refundable if attempt else Decimal(0)
        amount = min(most, invoice.excess) or None
        return {
            "attempt": attempt and attempt.pk,
            "amount": amount,
            "idempotency_key": new_secret(),
        }

    @property
    def too_much(self) -> str:
        left = self.cleaned_data["attempt"].refundable
        return _("At most %s of this payment is still here.") % money(left, self.invoice.currency)


class PiecesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, piece: Any) -> str:
        return f"{piece.item} ({piece})"


class RestockForm(InvoiceForm):
    """Things that came back, and are to be sold again."""

    name = "restock"

    pieces = PiecesField(
        label=gettext_lazy("What is here again"),
        queryset=Piece.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pieces = restockable(self.invoice).select_related("item")
        cast(PiecesField, self.fields["pieces"]).queryset = pieces
        self.initial["pieces"] = pieces


class DiscountForm(InvoiceForm):
    """What an order costs less, and why; 0 takes an earlier one away."""

    name = "discount"

    amount = AmountField(
        label=gettext_lazy("Discount on the things"),
        min_value=0,
        help_text=gettext_lazy("In place of the one before, if there was one."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=100,
        help_text=gettext_lazy("The customer reads it, such as “for regulars”."),
    )

    def preset(self, invoice: Invoice) -> dict[str, Any]:
        order = invoice.order
        before = order.discount if order else None
        return {"amount": before or None, "reason": order.discount_reason if order else ""}

    @property
    def too_much(self) -> str:
        left = money(self.invoice.balance, self.invoice.currency)
        return _("Something must be left to pay of %s, and shipping costs what it does.") % left


class TaxForm(InvoiceForm):
    """Whose VAT is in an order that is not billed yet."""

    name = "tax"

    way = forms.ChoiceField(label=gettext_lazy("VAT"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("Why it is an export, and what proves it"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "Such as the number of the export declaration. It stays in the history; the customer "
            "does not read it. Without VAT the price falls by it."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(way.value, way.label) for way in ways_for(self.invoice)]
        cast(forms.ChoiceField, self.fields["way"]).choices = choices

    def preset(self, invoice: Invoice) -> dict[str, Any]:
        order = invoice.order
        return {"way": way_of(order), "note": order.export_note} if order else {}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("way") == Way.EXPORT and not data.get("note"):
            self.add_error("note", _("Please say why: without proof the VAT is yours to pay."))
        return data


class RemindForm(InvoiceForm):
    name = "remind"


class MailForm(InvoiceForm):
    name = "mail"


class IssueForm(InvoiceForm):
    name = "issue"
