"""The button that undoes a slip."""

from typing import ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from accounts.admin.pages import StaffView
from invoices.orders.undoing import undo
from mail.telling import no_mail
from store.exceptions import Refusal
from store.models import Order


class UndoSlip(StaffView):
    http_method_names = ["post"]
    permissions: ClassVar[list[str]] = ["store.change_order"]
    model = Order

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = get_object_or_404(Order, pk=pk)
        event = request.POST.get("event", "")
        try:
            undo(
                order_id=order.pk,
                event_id=int(event) if event.isascii() and event.isdecimal() else 0,
                actor=self.user,
            )
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            told = _("It is undone, and the customer has been told.")
            undone = no_mail(order.email, order.phone)
            messages.success(request, f"{_('It is undone.')} {undone}" if undone else told)
        return redirect("admin:store_order_change", order.pk)
