"""An order that was to be paid by card is paid in another way."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import View

from accounts.addresses import site_of
from accounts.limits import LINKS, ORDERS, TooOften, check_limit
from accounts.linked import find_by_link
from accounts.models import User
from invoices.exceptions import StillPayable
from invoices.mail.order_keys import OTHERWISE
from invoices.mail.orders import notify_about_order
from invoices.orders.confirming import limited_as
from invoices.orders.paying import OtherMethodForm, switch_payment
from invoices.orders.powers import may_act
from invoices.orders.unpaid import TooMuchUnpaid
from mail.telling import gets_mail, sends_no_mail
from store.exceptions import TransitionNotAllowed
from store.models import Order, OrderStage


@method_decorator(never_cache, name="dispatch")
class OtherMethodView(View):
    """Whoever may only look at the order has a link mailed: it would end a pay page that is open.

    That link stands in the mail about an order that was left unpaid, which is mailed again.
    """

    def get(self, request: HttpRequest, secret: str, key: str = "") -> HttpResponse:
        order = find_by_link(Order.objects.all(), secret, request.user)
        form = OtherMethodForm(order=order)
        if order.stage != OrderStage.PAY_BY_CARD or not form.methods:
            return redirect(order)
        if not may_act(request, order, OTHERWISE, key):
            return self.ask(order, is_old=bool(key))
        return self.page(order, form)

    def post(self, request: HttpRequest, secret: str, key: str = "") -> HttpResponse:
        order = find_by_link(Order.objects.all(), secret, request.user)
        if not may_act(request, order, OTHERWISE, key):
            return self.mail_link(order)
        form = OtherMethodForm(request.POST, order=order)
        if not form.is_valid():
            return self.page(order, form)
        method = Order.PaymentMethod(form.cleaned_data["payment_method"])
        actor = request.user if isinstance(request.user, User) else None
        try:
            check_limit(ORDERS, request, limited_as(order))
            switch_payment(order_id=order.pk, method=method, actor=actor)
        except (TooMuchUnpaid, TooOften) as refusal:
            form.add_error("payment_method", refusal.sentence)
            return self.page(order, form)
        except (TransitionNotAllowed, StillPayable) as refusal:
            messages.error(request, refusal.sentence)
        else:
            # Whatever else is to be done, its page says.
            messages.success(request, _("Thank you: this is how you pay it now."))
        return redirect(order)

    def page(self, order: Order, form: OtherMethodForm) -> HttpResponse:
        return render(self.request, "invoices/pay_otherwise.html", {"order": order, "form": form})

    def ask(self, order: Order, status: int = 200, **context: object) -> HttpResponse:
        context = {"order": order, **context}
        return render(self.request, "invoices/pay_otherwise_ask.html", context, status=status)

    def mail_link(self, order: Order) -> HttpResponse:
        if order.stage == OrderStage.PAY_BY_CARD:
            try:
                check_limit(LINKS, self.request, order.email)
            except TooOften as refusal:
                return self.ask(order, status=429, problem=refusal.sentence)
            notify_about_order(order.pk, "unpaid", site_of(self.request))
            text = _("We have mailed a link to %(email)s: with it you pay the order otherwise.")
            goes, said = gets_mail(order.email), text % {"email": order.email}
            messages.success(self.request, said if goes else sends_no_mail())
        return redirect(order)
