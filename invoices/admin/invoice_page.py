"""An invoice's page, and what staff send from it."""

from contextlib import suppress
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.confirmation import require_confirmation
from accounts.events import SecurityEvent, tell
from accounts.models import User
from invoices.admin.forms import (
    DiscountForm,
    InvoiceForm,
    IssueForm,
    MailForm,
    PaymentForm,
    RefundByHandForm,
    RefundForm,
    RemindForm,
    RestockForm,
    TaxForm,
)
from invoices.admin.pages import InvoiceStaffView, find_invoice
from invoices.documents.actions import issue_now, mail_again, remind
from invoices.documents.tax_words import tax_words
from invoices.exceptions import (
    AskedAgain,
    PaymentUnavailable,
    TooMuch,
)
from invoices.models import Invoice, InvoiceEvent, Payment, Refund
from invoices.orders.discounts import give_discount, is_discountable
from invoices.orders.returns import restock, restockable
from invoices.orders.taxing import ways_for
from invoices.payments.actions import refund_by_hand, refund_card, take_payment
from invoices.payments.card import send_refunds_of
from invoices.rights import (
    MAY_CHANGE,
    MAY_RECORD,
    MAY_RECORD_OF_TICKET,
    MAY_REFUND,
    MAY_RESTOCK,
    may_record,
)
from mail.telling import gets_mail
from money.filters import money
from repairs_restorals.models import ServiceTicket
from store.exceptions import Refusal, VersionChanged
from store.models import Order, ShopProfile
from store.renamed_fields import with_new_names

NEEDED: dict[type[InvoiceForm], list[str]] = {
    PaymentForm: MAY_RECORD_OF_TICKET,
    RefundByHandForm: MAY_RECORD,
    RefundForm: MAY_REFUND,
    RemindForm: MAY_CHANGE,
    MailForm: MAY_CHANGE,
    IssueForm: MAY_CHANGE,
    DiscountForm: MAY_CHANGE,
    RestockForm: MAY_RESTOCK,
    TaxForm: MAY_CHANGE,
}
# What came of a refund, and how staff are told.
OUTCOMES: dict[Refund.State, tuple[int, Any]] = {
    Refund.State.SENT: (messages.SUCCESS, gettext_lazy("%(amount)s goes back to the card.")),
    Refund.State.PENDING: (
        messages.WARNING,
        gettext_lazy(
            "It is written down that %(amount)s goes back to the card. Stripe does not answer "
            "just now: the timer asks again by itself."
        ),
    ),
    Refund.State.FAILED: (
        messages.ERROR,
        gettext_lazy("Stripe refuses to send %(amount)s back: give it back in another way."),
    ),
}
Kind = InvoiceEvent.Kind
SUBJECT_PAGES: dict[type, str] = {
    Order: "store_order_change",
    ServiceTicket: "repairs_restorals_serviceticket_change",
}


def badge(invoice: Invoice) -> SafeString:
    state = invoice.state
    return format_html('<span class="state state--{}">{}</span>', state.value, state.label)


class InvoicePage(InvoiceStaffView):
    """Everything about one invoice in one place, with a form for each thing that staff do."""

    template = "page"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(find_invoice(pk))

    def show(self, invoice: Invoice, bound: InvoiceForm | None = None) -> HttpResponse:
        version = invoice.version
        forms = {
            form.name: bound if isinstance(bound, form) else form(invoice=invoice, version=version)
            for form in self.offered(invoice, bound)
        }
        reminded = [event for event in invoice.events.all() if event.kind == Kind.REMINDED]
        return self.page(
            str(invoice),
            invoice=invoice,
            badge=badge(invoice),
            payer=invoice.payer,
            address=invoice.buyer["lines"] if invoice.is_draft else [],
            rates=[(f"{rate.normalize():f}", tax) for rate, tax in invoice.taxes.items()],
            tax_words=tax_words(invoice, ShopProfile.for_pages()),
            subject_admin="admin:" + SUBJECT_PAGES[type(invoice.subject)],
            can_credit=invoice.can_be_credited and self.user.has_perms(MAY_CHANGE),
            excess=invoice.excess,
            reminded=reminded[0] if reminded else None,
            forms=forms,
        )

    def offered(
        self, invoice: Invoice, bound: InvoiceForm | None = None
    ) -> list[type[InvoiceForm]]:
        """The forms that make sense now, of those that this person may send."""
        sensible: dict[type[InvoiceForm], bool] = {
            PaymentForm: not invoice.is_credit_note and may_record(self.user, invoice),
            RefundByHandForm: invoice.refundable_by_hand > 0,
            RefundForm: any(attempt.refundable > 0 for attempt in invoice.attempts.all()),
            RemindForm: invoice.can_be_reminded_of and gets_mail(invoice.payer.email),
            MailForm: bool(invoice.mail_event) and gets_mail(invoice.payer.email),
            IssueForm: invoice.can_be_issued,
            DiscountForm: is_discountable(invoice),
            RestockForm: restockable(invoice).exists(),
            TaxForm: bool(ways_for(invoice)),
        }
        may = self.user.has_perms
        return [
            form
            for form, sense in sensible.items()
            if isinstance(bound, form) or (sense and may(NEEDED[form]))
        ]


class InvoiceAction(InvoicePage):
    """What is sent from the page. Whatever is refused is shown there again as it was typed."""

    http_method_names = ["post"]
    form: type[InvoiceForm]
    gives_money = False

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.gives_money:
            require_confirmation(request)
        invoice = find_invoice(pk)
        form = self.form(with_new_names(request.POST), invoice=invoice, version=invoice.version)
        if not form.is_valid():
            return self.refuse(invoice, form)
        try:
            done = self.act(invoice, form)
        except Refusal as refusal:
            return self.refuse_as_it_is(find_invoice(pk), form, refusal)
        if self.gives_money and isinstance(request.user, User):
            tell(SecurityEvent.MONEY_BACK, request.user, request, str(invoice))
        if done:
            messages.success(request, done)
        return redirect("admin:invoices_invoice_change", pk)

    def refuse_as_it_is(self, invoice: Invoice, form: Any, refusal: Refusal) -> HttpResponse:
        """Show the page anew: whoever sends the form from there has seen what it says now."""
        form.invoice = invoice
        if isinstance(refusal, TooMuch) and form.too_much:
            form.add_error("amount", form.too_much)
        else:
            field = "again" if isinstance(refusal, AskedAgain) else None
            moved = isinstance(refusal, VersionChanged)
            form.add_error(field, f"{refusal.sentence} {form.still_left if moved else ''}".strip())
        if isinstance(refusal, VersionChanged):
            form.show_version_of(invoice)
        return self.refuse(invoice, form)

    def refuse(self, invoice: Invoice, form: Any) -> HttpResponse:
        for sentence in form.non_field_errors():
            messages.error(self.request, str(sentence))
        return self.show(invoice, form)

    def act(self, invoice: Invoice, form: Any) -> str:
        """Do it and return the sentence that says so."""
        raise NotImplementedError


class RecordPayment(InvoiceAction):
    form = PaymentForm
    permissions: ClassVar[list[str]] = MAY_RECORD_OF_TICKET

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not may_record(self.user, find_invoice(pk)):
            raise PermissionDenied
        return super().post(request, pk)

    def act(self, invoice: Invoice, form: PaymentForm) -> str:
        payment = take_payment(
            invoice_id=invoice.pk,
            version=form.cleaned_data["version"],
            received=form.received,
            actor=self.user,
            more=form.cleaned_data["more"],
        )
        return summary_of(payment)


def summary_of(payment: Payment) -> str:
    """What a payment that was just recorded has led to."""
    invoice = Invoice.objects.get(pk=payment.invoice_id)
    facts = {
        "amount": money(payment.amount, payment.currency),
        "left": money(abs(invoice.balance), invoice.currency),
    }
    if invoice.balance > 0:
        return _("Recorded: %(amount)s. Still to be paid: %(left)s.") % facts
    if invoice.overpaid:
        return _("Recorded: %(amount)s. That is %(left)s too much.") % facts
    return _("Recorded: %(amount)s. It is paid.") % facts


class RefundByHand(InvoiceAction):
    form = RefundByHandForm
    gives_money = True
    permissions: ClassVar[list[str]] = MAY_RECORD

    def act(self, invoice: Invoice, form: RefundByHandForm) -> str:
        payment = refund_by_hand(
            invoice_id=invoice.pk,
            version=form.cleaned_data["version"],
            received=form.received,
            again=form.cleaned_data["again"],
            actor=self.user,
        )
        return _("Recorded: %s went back.") % money(-payment.amount, payment.currency)


class RefundCard(InvoiceAction):
    form = RefundForm
    gives_money = True
    permissions: ClassVar[list[str]] = MAY_REFUND

    def act(self, invoice: Invoice, form: RefundForm) -> str:
        refund = refund_card(actor=self.user, **form.cleaned_data)
        send_and_report(self.request, [refund])
        return ""


def send_and_report(request: HttpRequest, refunds: list[Refund]) -> None:
    """Ask Stripe for refunds that are written down, and say what came of each."""
    for refund in refunds:
        # It may be sent and not booked yet: Stripe's event sees to that.
        with suppress(PaymentUnavailable):
            send_refunds_of(refund.attempt)
        refund.refresh_from_db()
        level, text = OUTCOMES[Refund.State(refund.state)]
        amount = money(refund.amount, refund.attempt.invoice.currency)
        messages.add_message(request, level, text % {"amount": amount})


class Remind(InvoiceAction):
    form = RemindForm
    permissions: ClassVar[list[str]] = MAY_CHANGE

    def act(self, invoice: Invoice, form: RemindForm) -> str:
        remind(invoice_id=invoice.pk, actor=self.user, **form.cleaned_data)
        return _("The reminder goes to %s.") % invoice.payer.email


class MailAgain(InvoiceAction):
    form = MailForm
    permissions: ClassVar[list[str]] = MAY_CHANGE

    def act(self, invoice: Invoice, form: MailForm) -> str:
        mail_again(invoice_id=invoice.pk, actor=self.user, **form.cleaned_data)
        return _("It goes to %s once more.") % invoice.payer.email


class IssueNow(InvoiceAction):
    form = IssueForm
    permissions: ClassVar[list[str]] = MAY_CHANGE

    def act(self, invoice: Invoice, form: IssueForm) -> str:
        issued = issue_now(
            invoice_id=invoice.pk, site=self.site, actor=self.user, **form.cleaned_data
        )
        goes = gets_mail(issued.payer.email)
        words = _("Issued as %s and mailed.") if goes else _("Issued as %s.")
        return words % issued.number


class GiveDiscount(InvoiceAction):
    form = DiscountForm
    permissions: ClassVar[list[str]] = MAY_CHANGE

    def act(self, invoice: Invoice, form: DiscountForm) -> str:
        given = give_discount(
            invoice_id=invoice.pk,
            version=form.cleaned_data["version"],
            discount=form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"],
            actor=self.user,
        )
        return _("It comes to %s now.") % money(given.total, given.currency)


class Restock(InvoiceAction):
    form = RestockForm
    permissions: ClassVar[list[str]] = MAY_RESTOCK

    def act(self, invoice: Invoice, form: RestockForm) -> str:
        done = restock(invoice_id=invoice.pk, actor=self.user, **form.cleaned_data)
        text = ngettext("%d piece is on sale again.", "%d pieces are on sale again.", done)
        return text % done
