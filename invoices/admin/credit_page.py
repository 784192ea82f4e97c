"""A credit note: what is taken back, looked at once more, and issued."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.confirmation import require_confirmation
from accounts.events import SecurityEvent, tell
from invoices.admin.forms import InvoiceForm, MoneyField
from invoices.admin.invoice_page import send_and_report
from invoices.admin.pages import InvoiceStaffView, find_invoice
from invoices.documents.credit_notes import Credit, most_of_lines
from invoices.exceptions import NothingToPay
from invoices.models import NOTHING, Invoice, InvoiceLine
from invoices.payments.actions import credit_and_refund
from invoices.rights import MAY_REFUND
from mail.telling import gets_mail
from money.filters import money
from store.exceptions import Refusal, VersionChanged
from store.renamed_fields import with_new_names


class CreditForm(InvoiceForm):
    """All that is left of an invoice, or an amount of each of its lines."""

    name = "credit"

    extent = forms.ChoiceField(
        label=gettext_lazy("How much"),
        choices=[
            ("all", gettext_lazy("All that is left")),
            ("parts", gettext_lazy("These amounts")),
        ],
        widget=forms.RadioSelect,
        initial="all",
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=Invoice._meta.get_field("reason").max_length,
        help_text=gettext_lazy("It stands on the credit note."),
    )
    to_card = forms.BooleanField(
        label=gettext_lazy("Send what is then too much back to the card"), required=False
    )

    def __init__(self, *args: Any, may_refund: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = self.invoice.creditable
        self.most = most_of_lines(self.invoice)
        self.lines = [line for line in self.invoice.lines.all() if self.most[line.pk] > 0]
        for line in self.lines:
            self.fields[f"line{line.pk}"] = self.line_field(line)
        on_card = any(attempt.refundable > 0 for attempt in self.invoice.attempts.all())
        if not (may_refund and on_card):
            del self.fields["to_card"]
        # The question first, then the lines, then the rest.
        self.order_fields(["extent", *(f"line{line.pk}" for line in self.lines)])

    def line_field(self, line: InvoiceLine) -> MoneyField:
        left = self.most[line.pk]
        field = MoneyField(
            label=line.description,
            required=False,
            validators=[MinValueValidator(NOTHING), MaxValueValidator(left)],
            help_text=_("At most %s") % money(left, self.invoice.currency),
        )
        field.currency = self.invoice.currency
        return field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        typed = [name for name in data if name.startswith("line") and data[name]]
        if self.errors:
            return data
        if data["extent"] == "parts" and not typed:
            self.add_error("extent", _("Say how much of which line."))
        elif data["extent"] == "all" and typed:
            text = _("You have typed amounts: choose “These amounts”, or take them out.")
            self.add_error("extent", text)
        return data

    @property
    def parts(self) -> list[Credit]:
        if self.cleaned_data["extent"] == "all":
            return [Credit(line, left) for line, left in self.left.items() if left]
        amounts = ((line.pk, self.cleaned_data[f"line{line.pk}"]) for line in self.lines)
        return [Credit(pk, amount) for pk, amount in amounts if amount]


class CreditPage(InvoiceStaffView):
    """First what is to be taken back, then the page that asks once more."""

    permissions: ClassVar[list[str]] = ["invoices.change_invoice"]
    template = "credit"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = find_invoice(pk)
        if not invoice.can_be_credited:
            messages.error(request, NothingToPay().sentence)
            return redirect("admin:invoices_invoice_change", pk)
        return self.show(invoice, self.form_of(invoice))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = find_invoice(pk)
        if not invoice.can_be_credited:
            # Such as by a second click: its page shows the credit note.
            messages.error(request, VersionChanged().sentence)
            return redirect("admin:invoices_invoice_change", pk)
        form = self.form_of(invoice, with_new_names(request.POST))
        if not form.is_valid() or "back" in request.POST:
            return self.show(invoice, form)
        if "confirmed" not in request.POST:
            return self.confirm(invoice, form)
        return self.issue(invoice, form)

    def form_of(self, invoice: Invoice, *data: Any) -> CreditForm:
        may_refund = self.user.has_perms(MAY_REFUND)
        version = invoice.version
        return CreditForm(*data, invoice=invoice, version=version, may_refund=may_refund)

    def show(self, invoice: Invoice, form: CreditForm) -> HttpResponse:
        return self.page(_("Credit note for %s") % invoice, invoice=invoice, form=form)

    def confirm(self, invoice: Invoice, form: CreditForm) -> HttpResponse:
        self.template = "credit_confirm"
        amount = sum((part.amount for part in form.parts), NOTHING)
        names = {line.pk: line.description for line in invoice.lines.all()}
        return self.page(
            _("Credit note for %s") % invoice,
            invoice=invoice,
            form=form,
            parts=[(names[part.line], part.amount) for part in form.parts],
            amount=amount,
            balance=invoice.balance - amount,
            to_card=self.to_card(invoice, amount) if form.cleaned_data.get("to_card") else NOTHING,
        )

    def to_card(self, invoice: Invoice, amount: Decimal) -> Decimal:
        """What would go back to cards after so much is taken back."""
        on_cards = sum((attempt.refundable for attempt in invoice.attempts.all()), NOTHING)
        promised = invoice.overpaid - invoice.excess
        return min(on_cards, max(NOTHING, amount - invoice.balance - promised))

    def issue(self, invoice: Invoice, form: CreditForm) -> HttpResponse:
        if form.cleaned_data.get("to_card"):
            require_confirmation(self.request)
        try:
            note, refunds = credit_and_refund(
                invoice_id=invoice.pk,
                version=form.cleaned_data["version"],
                parts=form.parts,
                reason=form.cleaned_data["reason"],
                to_card=form.cleaned_data.get("to_card", False),
                actor=self.user,
            )
        except Refusal as refusal:
            messages.error(self.request, refusal.sentence)
            invoice = find_invoice(invoice.pk)
            form.show_version_of(invoice)
            return self.show(invoice, form)
        facts = {"number": note.number, "amount": money(-note.total, note.currency)}
        mailed = _("Credit note %(number)s of %(amount)s is issued and mailed.")
        issued = _("Credit note %(number)s of %(amount)s is issued.")
        messages.success(self.request, (mailed if gets_mail(note.payer.email) else issued) % facts)
        if refunds:
            tell(SecurityEvent.MONEY_BACK, self.user, self.request, str(invoice))
        send_and_report(self.request, refunds)
        return redirect("admin:invoices_invoice_change", invoice.pk)
