"""Pages on which somebody reads, and takes along, what is kept about them."""

from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView, View

from accounts.confirmation import require_confirmation
from accounts.data_asking import ask_for_my_data, person_of_link
from accounts.erasing import MY_DATA as OWN_DATA
from accounts.erasing import StillNeeded, erase, reasons_to_keep
from accounts.events import SecurityEvent, tell
from accounts.forms import ConfirmedForm, MyDataForm
from accounts.limits import DOWNLOADS, MY_DATA, TooOften, check_limit, refuse_too_often
from accounts.my_data import as_json, as_zip, sections_of
from accounts.personal_data import Person, person_of
from accounts.views import ConfirmedView, current_user
from outside.heavy import heavy


@heavy
def page_of(request: HttpRequest, person: Person, **context: Any) -> HttpResponse:
    context["sections"] = sections_of(person)
    return render(request, "accounts/my_data.html", context)


@heavy
def file_of(request: HttpRequest, person: Person, told: str, **context: Any) -> HttpResponseBase:
    """The file that was asked for: JSON, or everything with photos. The log is `told` so."""
    try:
        check_limit(DOWNLOADS, request, person.email or str(person.user))
    except TooOften as refusal:
        page: HttpResponse = page_of(request, person, refusal=refusal.sentence, **context)
        return refusal.said_by(page)
    tell(SecurityEvent.EXPORTED, person.user, request, told)
    if request.POST.get("file") == "json":
        text = as_json(sections_of(person))
        answer: HttpResponseBase = HttpResponse(text, content_type="application/json")
        answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
        return answer
    answer = StreamingHttpResponse(as_zip(person), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    return answer


@method_decorator(never_cache, name="dispatch")
class MyDataView(LoginRequiredMixin, View):
    """What is kept about whoever is logged in and has just shown to be it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        require_confirmation(request)
        return page_of(request, person_of(current_user(request)))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        require_confirmation(request)
        return file_of(request, person_of(current_user(request)), OWN_DATA)


@method_decorator(never_cache, name="dispatch")
class MyDataLinkView(View):
    """The same for whoever reads the mail of an address without an account."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = person_of_link(kwargs["token"])
        if person is None:
            return render(request, "accounts/my_data_dead.html", status=410)
        self.person = person
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return page_of(request, self.person, email=self.person.email, token=token)

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        told = f"{OWN_DATA}, by a mailed link"
        return file_of(request, self.person, told, email=self.person.email, token=token)


class EraseView(ConfirmedView):
    """Erases what is kept about whoever is logged in, with their password, and closes the account.

    What an account whose address nobody has shown to be theirs does not show goes with it: its
    address is free for its owner from then on.
    """

    template_name = "accounts/erase.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reasons = reasons_to_keep(person_of(current_user(self.request)))
        return super().get_context_data(reasons=reasons, **kwargs)

    def form_valid(self, form: ConfirmedForm) -> HttpResponse:
        person = person_of(current_user(self.request))
        try:
            erase(person, self.request)
        except StillNeeded:
            # The page names what is under way.
            return self.form_invalid(form)
        logout(self.request)
        return redirect("accounts:erased")


class EraseLinkView(MyDataLinkView):
    """The same for whoever reads the mail of an address without an account."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        context = {"reasons": reasons_to_keep(self.person), "email": self.person.email}
        return render(request, "accounts/erase.html", {**context, "token": token})

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            erase(self.person, request)
        except StillNeeded:
            return self.get(request, token)
        return redirect("accounts:erased")


class ErasedView(TemplateView):
    template_name = "accounts/erased.html"


class MyDataAskView(FormView):
    """Asks for an address, and answers the same whatever is kept about it."""

    form_class = MyDataForm
    template_name = "accounts/my_data_ask.html"
    success_url = reverse_lazy("accounts:my-data-sent")

    def form_valid(self, form: MyDataForm) -> HttpResponse:
        email = form.cleaned_data["email"]
        try:
            check_limit(MY_DATA, self.request, email)
        except TooOften as refusal:
            return refuse_too_often(self, form, refusal)
        ask_for_my_data(email=email, request=self.request)
        return super().form_valid(form)


class MyDataSentView(TemplateView):
    template_name = "accounts/my_data_sent.html"
