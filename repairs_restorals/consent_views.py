"""Where whoever has consented to show photos of their thing takes that back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from repairs_restorals.consent import pair_of_link, take_consent_back


@method_decorator(never_cache, name="dispatch")
class ConsentView(View):
    """Names the photos, and ends the consent by one button, without a log-in."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        context = {"pair": pair_of_link(key)}
        return render(request, "repairs_restorals/consent.html", context)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        take_consent_back(pair_of_link(key))
        return redirect(request.path)
