"""The till: one page to find things, take the money, and print the receipt."""

from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.admin.pages import StaffView
from accounts.confirmation import confirm_many_papers
from accounts.models import User
from invoices.counter.chosen import PIECE, TICKET, Chosen, line_of, numbers, part_in
from invoices.counter.finding import NOTHING, Found, find, scanned_piece
from invoices.counter.forms import TillForm
from invoices.counter.open_sale import (
    AGAIN,
    SCANNED,
    earlier_sale,
    finish,
    just_sold,
    keep_typed,
    remember,
    typed_before,
)
from invoices.counter.receipt import labels_of, receipt_of
from invoices.counter.selling import Sale, sell
from invoices.models import Invoice
from money.typed import NotAnAmount, read_amount
from outside.heavy import heavy
from repairs_restorals.models import Status
from store.exceptions import Refusal
from store.label_sheets import SHEETS
from store.models import Order, Piece
from store.pdf import pdf_answer

MAY_SELL = ["store.change_order", "invoices.add_payment"]
MAY_RELEASE = "bag.change_hold"
# The buttons of a sale that take no money.
FIND, MORE, WITHOUT = "find", "more", "without"
# Nobody pays so many at once: whoever asks for more wants no receipt.
MOST_RECEIPTS = 100


class TillPage(StaffView):
    """What is being sold stands in the address, by number: `piece`, and `ticket` (its invoice).

    So going back undoes, two sales may go on in two tabs, and nothing is kept for nobody.
    """

    permissions: ClassVar[list[str]] = MAY_SELL
    model = Order
    template = "till"

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = Chosen(request.GET)
        text = request.GET.get("q", "").replace("\0", " ").strip()
        if piece := scanned_piece(text):
            again = urlencode({AGAIN: request.GET[AGAIN]}) if AGAIN in request.GET else ""
            return redirect(joined(chosen.address(more=(PIECE, piece.pk)), again))
        earlier = earlier_sale(request.session, chosen) if SCANNED in request.GET else None
        if earlier is None:
            remember(request.session, chosen)
        form = self.form_again(chosen) or self.form_of(chosen)
        return self.show(chosen, form, text=text, found=find(text), earlier=earlier)

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = Chosen(request.POST)
        if FIND in request.POST or MORE in request.POST or WITHOUT in request.POST:
            return self.go_on(chosen)
        form = self.form_of(chosen, request.POST)
        if not form.is_valid():
            return self.refuse(chosen, form)
        try:
            invoices = sell(self.sale_of(chosen, form), actor=self.user, site=self.site)
        except Refusal as refusal:
            return self.refuse(chosen, form, refusal.sentence)
        receipt = f"{reverse('till-receipt')}?{urlencode(what_was_paid(form, invoices))}"
        finish(request.session, chosen, receipt)
        messages.success(request, self.done(chosen, form, invoices))
        return redirect(receipt)

    def go_on(self, chosen: Chosen) -> HttpResponse:
        """Find, add or leave out something, and keep what was typed of this sale."""
        sent = self.request.POST
        more, without = (part_in(sent.get(name, "")) for name in (MORE, WITHOUT))
        again = keep_typed(self.request.session, sent, "")
        text = urlencode({"q": sent.get("q", "")}) if FIND in sent else ""
        return redirect(joined(chosen.address(more=more, without=without), again, text))

    def refuse(self, chosen: Chosen, form: TillForm, problem: str = "") -> HttpResponse:
        """Lead to where it is said, with all that was typed: a page to which Back leads."""
        if again := keep_typed(self.request.session, self.request.POST, problem):
            return redirect(joined(chosen.address(), again))
        if problem:
            form.add_error(None, problem)
        return self.show(chosen, form)

    def form_again(self, chosen: Chosen) -> TillForm | None:
        """What was refused, or typed before something was found, as it was typed."""
        before = typed_before(self.request.session, self.request.GET.get(AGAIN, ""))
        if before is None:
            return None
        if "pay" not in before.sent:
            form = self.form_of(chosen)
            form.begin_with(before.sent)
            return form
        form = self.form_of(chosen, before.sent)
        if form.is_valid() and before.problem:
            form.add_error(None, before.problem)
        return form

    def done(self, chosen: Chosen, form: TillForm, invoices: list[Invoice]) -> str:
        if not form.money:
            return _("It is kept until the money has arrived.")
        if chosen.pieces:
            return _("It is sold.")
        is_part = any(invoice.balance > 0 for invoice in invoices)
        return _("The payment is written down.") if is_part else _("It is paid.")

    def form_of(self, chosen: Chosen, *data: Any) -> TillForm:
        form = TillForm(*data, chosen=chosen, may_release=self.user.has_perm(MAY_RELEASE))
        if chosen.person:
            form.initial["name"], form.initial["email"] = chosen.person.name, chosen.person.email
        return form

    def sale_of(self, chosen: Chosen, form: TillForm) -> Sale:
        given = {name: form.cleaned_data[name] or "" for name in TEXTS if name in form.fields}
        return Sale(
            pieces=[piece.pk for piece in chosen.pieces],
            invoices=[invoice.pk for invoice in chosen.invoices],
            total=form.total,
            money=form.money,
            discount=form.cleaned_data.get("discount") or Decimal(0),
            kept=self.request.POST.getlist("kept"),
            to_another=bool(form.cleaned_data.get("to_another")),
            **given,
        )

    def show(
        self, chosen: Chosen, form: TillForm, *, found: Found = NOTHING, **context: Any
    ) -> HttpResponse:
        pieces = [line_of(each, chosen.address(more=(PIECE, each.pk))) for each in found.pieces]
        owed = [line_of(each, chosen.address(more=(TICKET, each.pk))) for each in found.invoices]
        if (earlier := context.get("earlier")) and chosen.pieces:
            context["together"] = earlier.address(more=(PIECE, chosen.pieces[0].pk))
        if chosen.not_for_sale:
            context["receipt"] = just_sold(self.request.session, chosen)
        elsewhere = dict.fromkeys([*chosen.elsewhere, *found.elsewhere])
        context |= {"chosen": chosen, "form": form, "found": [*pieces, *owed]}
        context["elsewhere"] = [each for each in elsewhere if each.due_now]
        return self.page(_("Till"), **context)


def joined(*parts: str) -> str:
    """An address that has a query already, with more of it."""
    return "&".join(filter(None, parts))


def what_was_paid(form: TillForm, invoices: list[Invoice]) -> list[tuple[str, str]]:
    """What the receipt's page shows, as parts of its address."""
    query = [("invoice", str(invoice.pk)) for invoice in invoices]
    if form.change:
        query.append(("change", str(form.change)))
    if form.by_card:
        query += [("cash", str(form.cleaned_data["given"])), ("card", str(form.by_card))]
    return query


TEXTS = ("name", "email", "discount_reason", "release_reason", "idempotency_key")


class OfSale(StaffView):
    """What was sold and paid at once: the `invoice` of the things, and those of tickets."""

    permissions: ClassVar[list[str]] = [*MAY_SELL, "invoices.view_invoice"]
    model = Order
    template = "receipt"

    @cached_property
    def invoices(self) -> list[Invoice]:
        """Raises ConfirmationNeeded for more than a day's work: names may stand on each."""
        chosen = numbers(self.request.GET, "invoice")
        found = Invoice.objects.with_parts().filter(pk__in=chosen[: MOST_RECEIPTS + 1])
        invoices = list(found.order_by("ticket", "pk"))
        if not invoices or len(chosen) > MOST_RECEIPTS:
            raise Http404
        confirm_many_papers(self.request, len(invoices), "receipts")
        return invoices

    def amount(self, name: str) -> Decimal:
        """What the address says goes back as `change`, where more cash was given than was due; or,
        of a sale paid in two ways, went by `cash` and by `card`.
        """
        try:
            return read_amount(self.request.GET.get(name, "") or "0")
        except NotAnAmount:
            return Decimal(0)


class ReceiptPage(OfSale):
    def get(self, request: HttpRequest) -> HttpResponse:
        invoices = self.invoices
        return self.page(
            _("Receipt"),
            invoices=invoices,
            to_hand_out=[each.ticket for each in invoices if may_hand_out(self.user, each)],
            change=self.amount("change"),
            cash=self.amount("cash"),
            card=self.amount("card"),
            query=request.GET.urlencode(),
        )


def may_hand_out(user: User, invoice: Invoice) -> bool:
    """Whether its repair is ready, paid, and this person's to hand out."""
    ticket = invoice.ticket
    rights = ("change_serviceticket", "hand_out_serviceticket")
    return (
        ticket is not None
        and invoice.balance <= 0
        and Status.COLLECTED in ticket.allowed_transitions
        and any(user.has_perm(f"repairs_restorals.{right}") for right in rights)
    )


class ReceiptPdf(OfSale):
    @heavy
    def get(self, request: HttpRequest) -> HttpResponse:
        return pdf_answer(receipt_of(self.invoices), "receipt.pdf")


class LabelsPdf(StaffView):
    """A label for each piece, with a code that opens it in the till for staff."""

    permissions: ClassVar[list[str]] = ["store.view_piece"]
    model = Piece

    @heavy
    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = Piece.objects.filter(pk__in=numbers(request.GET, PIECE)).select_related("item")
        if not chosen:
            raise Http404
        sheet = SHEETS.get(request.GET.get("sheet", ""))
        return pdf_answer(labels_of(chosen, site=self.site, sheet=sheet), "labels.pdf")


def scanned(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a label's code leads: staff to the till with that piece, others to it in the shop."""
    piece = get_object_or_404(Piece.objects.select_related("item"), pk=pk)
    user = request.user
    if user.is_active and user.is_staff and user.has_perms(MAY_SELL):
        return redirect(f"{reverse('till')}?{urlencode({PIECE: piece.pk, SCANNED: 1})}")
    if not piece.item.published:
        raise Http404
    return redirect(piece.item)
