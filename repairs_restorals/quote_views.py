"""A quote as its customer sees and answers it, from the account or from a mail."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import DetailView

from accounts.addresses import site_of
from accounts.limits import SURNAMES, TooOften, check_limit
from accounts.linked import find_by_link
from accounts.models import User
from accounts.networks import client_address
from repairs_restorals.exceptions import QuoteNotOpen
from repairs_restorals.forms import DecisionForm
from repairs_restorals.models import Quote
from repairs_restorals.quote_services import decide_quote, reopen_quote

SAID = {
    Quote.State.ACCEPTED: gettext_lazy("Thank you: it is agreed."),
    Quote.State.DECLINED: gettext_lazy("You have declined it."),
    Quote.State.SENT: gettext_lazy("Your “no” is taken back: you can answer anew."),
}


@method_decorator(never_cache, name="dispatch")
class QuoteView(DetailView):
    """A quote for whoever has its secret address, and its answer.

    A scanner of mails that opens the address decides nothing: that takes a button.
    """

    template_name = "repairs_restorals/quote_detail.html"
    context_object_name = "quote"

    def get_queryset(self) -> QuerySet[Quote]:
        shown = Quote.objects.shown().select_related("ticket__customer", "repair_form")
        return shown.prefetch_related("lines")

    def get_object(self, queryset: QuerySet[Quote] | None = None) -> Quote:
        return find_by_link(self.get_queryset(), self.kwargs["secret"], self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        quote = self.object
        own = quote.ticket.is_of(self.request.user)
        form = DecisionForm(customer_name=self.asked_name(quote))
        return super().get_context_data(**{"form": form, "own": own, **kwargs})

    def asked_name(self, quote: Quote) -> str:
        """Of whom whoever comes by a link must know the surname, to answer a quote of this size."""
        own = quote.ticket.is_of(self.request.user)
        if own or quote.total <= settings.SURNAME_ABOVE:
            return ""
        return quote.ticket.customer.name if quote.is_open or quote.can_reopen else ""

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        self.object = quote = self.get_object()
        form = DecisionForm(request.POST, customer_name=self.asked_name(quote))
        if not self.is_answered(form):
            return self.render_to_response(self.get_context_data(form=form))
        try:
            self.decide(quote, form)
        except QuoteNotOpen as refusal:
            self.notify_not_open(refusal.quote, form)
        else:
            messages.success(request, SAID[form.leads_to])
        return redirect(quote)

    def is_answered(self, form: DecisionForm) -> bool:
        """Whether it can be decided; who tries many names hears of none whether it is right."""
        is_valid = form.is_valid()
        if "surname" in form.fields:
            try:
                check_limit(SURNAMES, self.request, f"quote {self.object.pk}")
            except TooOften as refusal:
                form.errors.pop("surname", None)
                form.add_error("surname", refusal.sentence)
                return False
        return is_valid

    def decide(self, quote: Quote, form: DecisionForm) -> None:
        actor = self.request.user if isinstance(self.request.user, User) else None
        if form.reopens:
            reopen_quote(quote_id=quote.pk, actor=actor, site=site_of(self.request))
            return
        own = actor is not None and quote.ticket.is_of(actor)
        decide_quote(
            quote_id=quote.pk,
            accept=form.accepts,
            via=Quote.Via.ACCOUNT if own else Quote.Via.LINK,
            actor=actor,
            address=client_address(self.request),
            reason=form.cleaned_data["reason"],
            begin=form.cleaned_data["begin"],
            site=site_of(self.request),
        )

    def notify_not_open(self, quote: Quote, form: DecisionForm) -> None:
        """A second click on the same button is no surprise; everything else is."""
        if quote.state != form.leads_to:
            messages.error(self.request, _("This quote could not be answered any more."))
