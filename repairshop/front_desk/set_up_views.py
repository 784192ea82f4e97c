"""The buttons of the set-up list."""

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.addresses import site_of
from accounts.models import User
from mail.outbox import enqueue_mail
from mail.sending import has_server
from repairshop.front_desk.setting_up import MAY_SET_UP, tick_off


@require_POST
def done(request: HttpRequest, step: str) -> HttpResponse:
    check_may_set_up(request)
    try:
        tick_off(step)
    except KeyError:
        raise Http404 from None
    messages.success(request, _("It is off the list."))
    return redirect("admin:index")


@require_POST
def send_test_mail(request: HttpRequest) -> HttpResponse:
    """Send a mail to whoever presses the button, and show what becomes of it."""
    check_may_set_up(request)
    to = cast(User, request.user).email
    mail = enqueue_mail("repairshop.test", to=to, context={}, site=site_of(request))
    if has_server():
        text = _("A test mail goes to %s. Look here again in a minute: has it been sent?")
        messages.success(request, text % to)
    else:
        messages.warning(request, _("There is no mail server: nothing reaches anybody."))
    return redirect("admin:mail_mail_change", mail.pk)


def check_may_set_up(request: HttpRequest) -> None:
    if not request.user.has_perm(MAY_SET_UP):
        raise PermissionDenied
