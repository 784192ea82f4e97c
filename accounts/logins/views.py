from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.generic import View

from accounts.confirmation import require_confirmation
from accounts.logins.services import end_logins, end_other_logins, living
from accounts.views import current_user
from typed.references import number_in


@method_decorator(never_cache, name="dispatch")
class LoginListView(LoginRequiredMixin, View):
    """Where somebody is logged in, with buttons that end one elsewhere, or all of them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        logins = living(current_user(request))
        here = request.session.session_key
        context = {
            "here": [login for login in logins if login.session_key == here],
            "others": [login for login in logins if login.session_key != here],
        }
        return render(request, "accounts/logins.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        require_confirmation(request)
        user, chosen = current_user(request), request.POST.get("login", "")
        if chosen == "others":
            count = end_other_logins(request, user)
        else:
            count = end_logins(living(user).filter(pk=number_in(chosen) or 0))
        ended = ngettext("%d log-in was ended.", "%d log-ins were ended.", count) % count
        messages.success(request, ended if count else _("It has ended already."))
        return redirect("accounts:logins")
