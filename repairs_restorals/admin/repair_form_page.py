"""Staff let a draft of a quote go as a European Repair Information Form, and fill that in."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from repairs_restorals.admin.forms import text_area
from repairs_restorals.admin.quote_pages import QuoteStaffView, find_quote
from repairs_restorals.exceptions import QuoteFrozen
from repairs_restorals.models import Quote, RepairForm
from repairs_restorals.models.repair_form import form_of
from repairs_restorals.repair_forms import drop_form, suggested, write_form
from store.exceptions import Refusal
from store.models import ShopProfile

LONG = {"size": 70}


class FormForm(forms.ModelForm):
    """All that the law wants to be said and neither quote nor profile know."""

    class Meta:
        model = RepairForm
        fields = [
            *("good", "defect", "repair", "price_method", "time_needed", "replacement"),
            *("handover", "ancillary", "further"),
        ]
        widgets = {
            **dict.fromkeys(("defect", "repair", "further"), text_area(3)),
            **dict.fromkeys(
                ("good", "price_method", "time_needed", "replacement", "handover", "ancillary"),
                forms.TextInput(attrs=LONG),
            ),
        }

    def __init__(self, *args: Any, quote: Quote, **kwargs: Any) -> None:
        form = form_of(quote)
        kwargs |= {"instance": form, "initial": {} if form else suggested(quote)}
        super().__init__(*args, **kwargs)


class FormPage(QuoteStaffView):
    template = "repair_form"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        quote = find_quote(pk)
        if quote.state != Quote.State.DRAFT:
            return self.refuse(QuoteFrozen(quote), quote)
        return self.show(quote, FormForm(quote=quote))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        quote = find_quote(pk)
        if "drop" in request.POST:
            drop_form(quote=quote)
            messages.success(request, _("It goes as an ordinary quote."))
            return self.to_quote("preview", quote)
        form = FormForm(request.POST, quote=quote)
        if not form.is_valid():
            return self.show(quote, form)
        try:
            write_form(quote=quote, values=form.cleaned_data)
        except Refusal as refusal:
            return self.refuse(refusal, quote)
        day = date_format(find_quote(pk).valid_until)
        text = _("It goes as a repair information form, and is valid until %s.") % day
        messages.success(request, text)
        return self.to_quote("preview", quote)

    def show(self, quote: Quote, form: FormForm) -> HttpResponse:
        return self.page(
            _("Repair information form for %s") % quote.ticket.reference,
            quote=quote,
            ticket=quote.ticket,
            form=form,
            shop=ShopProfile.get_solo(),
            is_kept=form_of(quote) is not None,
        )
