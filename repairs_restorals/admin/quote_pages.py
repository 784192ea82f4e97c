"""Quotes: written, looked at as the customer would, sent, and answered for the customer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mail.models import Mail
from repairs_restorals.admin.pages import TicketStaffView, find_ticket
from repairs_restorals.admin.quote_forms import DecideForm, Lines, QuoteForm, lines_of
from repairs_restorals.admin.telling import unmailed
from repairs_restorals.exceptions import OverLimit, QuoteFrozen
from repairs_restorals.mail import compose_for_customer
from repairs_restorals.models import Quote
from repairs_restorals.quote_services import (
    Seen,
    agreed_quote,
    decide_quote,
    draft_quote,
    go_ahead,
    is_within_limit,
    send_quote,
    write_draft,
)
from store.exceptions import Refusal, VersionChanged
from store.renamed_fields import with_new_names
from store.versions import VersionedForm

State = Quote.State
SAVE_AGAIN = gettext_lazy("Somebody else has changed this draft. Save again to replace it.")
LOOK_AGAIN = gettext_lazy("It was changed meanwhile: please look once more.")


def find_quote(pk: int) -> Quote:
    quotes = Quote.objects.select_related("ticket__customer", "ticket__assignee")
    return get_object_or_404(quotes.prefetch_related("lines"), pk=pk)


class QuoteStaffView(TicketStaffView):
    event = "quote"

    def mail(self, quote: Quote) -> Mail:
        return compose_for_customer(quote.ticket, self.event, self.site, quote=quote)

    def to_ticket(self, ticket_id: int) -> HttpResponse:
        return redirect("admin:repairs_restorals_serviceticket_change", ticket_id)

    def to_quote(self, page: str, quote: Quote) -> HttpResponse:
        return redirect(f"admin:repairs_restorals_serviceticket_quote_{page}", quote.pk)

    def refuse(self, refusal: Refusal, quote: Quote) -> HttpResponse:
        messages.error(self.request, refusal.sentence)
        return self.to_ticket(quote.ticket_id)


class Draft(TicketStaffView):
    """Open the ticket's draft of a quote, or begin one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        ticket = find_ticket(pk)
        try:
            quote = draft_quote(ticket_id=ticket.pk, author=self.user)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("admin:repairs_restorals_serviceticket_change", pk)
        return redirect("admin:repairs_restorals_serviceticket_quote_edit", quote.pk)


class Edit(QuoteStaffView):
    """Write a draft. Saving it leads to three more empty rows, or to the preview."""

    template = "quote"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        quote = find_quote(pk)
        if quote.state != State.DRAFT:
            return self.refuse(QuoteFrozen(quote), quote)
        return self.show(quote, QuoteForm(instance=quote), lines_of(quote))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        quote = find_quote(pk)
        form = QuoteForm(with_new_names(request.POST), instance=quote)
        lines = lines_of(quote, request.POST)
        if not (form.is_valid() & lines.is_valid() and form.check_deposit(lines)):
            return self.show(quote, form, lines)
        try:
            version = form.cleaned_data["version"]
            seen = Seen(self.event, self.site, version) if version else None
            write_draft(quote_id=pk, values=form.values, lines=lines.values, seen=seen)
        except VersionChanged:
            messages.error(request, SAVE_AGAIN)
            return self.show(quote, form, lines)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return self.show(quote, form, lines)
        messages.success(request, _("The draft is saved. Nothing is sent yet."))
        return self.to_quote("preview" if "preview" in request.POST else "edit", quote)

    def show(self, quote: Quote, form: QuoteForm, lines: Lines) -> HttpResponse:
        title = _("Quote for %s") % quote.ticket
        # What the form has filled in stands in `quote`; what is stored is what somebody sees.
        form.show_version_of(self.mail(find_quote(quote.pk)))
        shown = {"form": form, "lines": lines}
        return self.page(title, quote=quote, ticket=quote.ticket, **shown)


class Preview(QuoteStaffView):
    """The mail as it would go, and the button that sends it. Only what was seen is sent."""

    template = "preview"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        quote = find_quote(pk)
        if quote.state != State.DRAFT:
            return self.refuse(QuoteFrozen(quote), quote)
        if not self.is_possible(quote):
            return self.refuse(OverLimit(), quote)
        return self.show(quote)

    def is_possible(self, quote: Quote) -> bool:
        return True

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        quote = find_quote(pk)
        is_draft = quote.state == State.DRAFT and self.is_possible(quote)
        if is_draft and quote.valid_until < timezone.localdate():
            messages.error(request, _("“Valid until” has passed: choose another day."))
            return self.to_quote("edit", quote)
        try:
            self.send(quote, self.seen)
        except VersionChanged:
            messages.warning(request, LOOK_AGAIN)
            return redirect(request.path)
        except Refusal as refusal:
            return self.refuse(refusal, quote)
        return self.to_ticket(quote.ticket_id)

    @property
    def seen(self) -> Seen:
        """What the page has shown: the mail's version, and which quote was agreed then."""
        sent = with_new_names(self.request.POST).get("version", "")
        version, _dot, agreed = sent.partition(".")
        number = int(agreed) if agreed.isascii() and agreed.isdecimal() else None
        return Seen(self.event, self.site, version, number)

    def send(self, quote: Quote, seen: Seen) -> None:
        send_quote(quote_id=quote.pk, actor=self.user, site=self.site, seen=seen)
        undone = unmailed(quote.ticket)
        sent = _("The quote is sent to %s.") % quote.ticket.customer.email
        messages.success(self.request, f"{_('The quote stands.')} {undone}" if undone else sent)

    def show(self, quote: Quote) -> HttpResponse:
        mail, agreed = self.mail(quote), agreed_quote(quote.ticket)
        version = f"{mail.version}.{agreed.pk}" if agreed else mail.version
        return self.page(
            _("Quote for %s, as it would go") % quote.ticket.reference,
            quote=quote,
            ticket=quote.ticket,
            mail=mail,
            form=VersionedForm(version=version),
            agreed=agreed,
            within_limit=is_within_limit(quote),
            going_ahead=self.event == "went_ahead",
        )


class GoAhead(Preview):
    """Begin without asking, within the customer's limit; the mail that says so is shown first."""

    event = "went_ahead"

    def is_possible(self, quote: Quote) -> bool:
        return is_within_limit(quote)

    def send(self, quote: Quote, seen: Seen) -> None:
        go_ahead(quote_id=quote.pk, actor=self.user, site=self.site, seen=seen)
        undone = unmailed(quote.ticket)
        told = _("It is agreed within the limit, and the customer has been told.")
        text = f"{_('It is agreed within the limit.')} {undone}" if undone else told
        messages.success(self.request, text)


class Decide(QuoteStaffView):
    """Write down what the customer has said on the phone or at the counter."""

    template = "decide"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(find_quote(pk), DecideForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        quote = find_quote(pk)
        form = DecideForm(request.POST)
        if not form.is_valid():
            return self.show(quote, form)
        accept = form.cleaned_data["decision"] == "accept"
        try:
            decide_quote(
                quote_id=pk,
                accept=accept,
                via=Quote.Via.STAFF,
                actor=self.user,
                reason=form.cleaned_data["reason"],
                site=self.site,
            )
        except Refusal as refusal:
            return self.refuse(refusal, quote)
        text = _("The quote is accepted.") if accept else _("The quote is declined.")
        messages.success(request, text)
        return self.to_ticket(quote.ticket_id)

    def show(self, quote: Quote, form: DecideForm) -> HttpResponse:
        title = _("The customer’s answer for %s") % quote.ticket.reference
        return self.page(title, quote=quote, ticket=quote.ticket, form=form)
