"""Choosing the country for which pages show what sending costs."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.generic import View

from store.shipping.choice import SEND_TO, chosen_country
from store.shipping.zones import zones_for_pages
from typed.countries import countries_in


class SendToForm(forms.Form):
    """Where it is sent to, and the page to go back to."""

    country = forms.ChoiceField(label=_("Country"))
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, home: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = countries_in(get_language() or "en", home)  # type: ignore[attr-defined]


@method_decorator(never_cache, name="dispatch")
class SendToView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        home = zones_for_pages().home
        country = chosen_country(request) or home
        form = SendToForm(
            initial={"country": country, "next": request.GET.get("next", "")}, home=home
        )
        return render(request, "store/send_to.html", {"form": form})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SendToForm(request.POST, home=zones_for_pages().home)
        if not form.is_valid():
            return render(request, "store/send_to.html", {"form": form})
        request.session[SEND_TO] = form.cleaned_data["country"]
        back = form.cleaned_data["next"]
        # What begins otherwise might be the name of a view.
        is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(
            back, allowed_hosts={request.get_host()}
        )
        return redirect(back if is_ours else "store:list")
