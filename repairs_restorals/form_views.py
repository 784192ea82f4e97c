"""The repair information form that a quote was given as: a page, a PDF, and one with its mail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from accounts.linked import find_by_link
from outside.heavy import heavy
from repairs_restorals.models import Quote, RepairForm
from repairs_restorals.pdf import repair_form
from store.pdf import pdf_answer


def file_name(form: RepairForm) -> str:
    return f"{form.quote.ticket.reference}-{form.quote.version}-repair-form.pdf"


def attached(pk: str) -> tuple[str, bytes, str]:
    form = RepairForm.objects.select_related("quote__ticket").get(pk=pk)
    return file_name(form), repair_form(form), "application/pdf"


@method_decorator(never_cache, name="dispatch")
class FormView(View):
    """For whoever has the link of the quote."""

    def find(self, secret: str) -> RepairForm:
        given = Quote.objects.shown().filter(repair_form__given_at__isnull=False)
        quotes = given.select_related("ticket__customer", "repair_form")
        quote: Quote = find_by_link(quotes, secret, self.request.user)
        form: RepairForm = quote.repair_form
        return form

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        form = self.find(secret)
        context = {"form": form, "quote": form.quote}
        return render(request, "repairs_restorals/repair_form.html", context)


class FormPdfView(FormView):
    @heavy
    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        form = self.find(secret)
        return pdf_answer(repair_form(form), file_name(form))
