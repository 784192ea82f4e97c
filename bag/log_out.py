"""Logging out, of somebody who has things in the bag."""

from typing import Any

from django.contrib.auth import logout
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bag.receivers import KEEP, RELEASE
from bag.session import Bag


class LogOutView(auth_views.LogoutView):
    """Ask what becomes of the bag: nobody gives up by a click what others would take at once.

    It may stay in the browser, for the time that is left, as that of a guest.
    """

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        choice = request.POST.get("bag")
        full = len(Bag(request)) > 0
        if full and choice not in {KEEP, RELEASE}:
            names = {"keep": KEEP, "release": RELEASE, "next": request.POST.get("next", "")}
            return render(request, "bag/log_out.html", names)
        bag = request.session.get("bag") if choice == KEEP else None
        logout(request)
        if bag:
            request.session["bag"] = bag
        leads_to = self.get_success_url()
        if leads_to == request.get_full_path():
            shown = self.get_context_data(kept=bool(bag), full=full)
            response: HttpResponse = self.render_to_response(shown)
        else:
            response = redirect(leads_to)
        # Nor does going back show whoever has the browser next what stood on the pages before.
        response["Clear-Site-Data"] = '"cache"'
        return response
