"""Where the link leads that confirms an order."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import View

from invoices.mail.confirm_links import order_of
from invoices.orders.confirming import follow_link
from store.exceptions import TransitionNotAllowed
from store.models import Order, OrderStage


@method_decorator(never_cache, name="dispatch")
class OrderConfirmView(View):
    """A page with one button, since programs that look through mails follow links as well."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        order = self.find(token)
        if order.stage != OrderStage.UNCONFIRMED:
            return redirect(order)
        return render(request, "invoices/order_confirm.html", {"order": order})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        order = self.find(token)
        try:
            follow_link(order)
        except TransitionNotAllowed:
            messages.error(
                request,
                _("The time of this order had ended. Order again what is still available."),
            )
        else:
            messages.success(request, _("Thank you! Your order is confirmed."))
        return redirect(order)

    def find(self, token: str) -> Order:
        if order := order_of(token):
            return order
        raise Http404
