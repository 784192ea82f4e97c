"""Asking what sending a thing costs, the answer, and taking what is reserved."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import DetailView, FormView, View

from accounts.addresses import site_of
from accounts.limits import QUESTIONS, TooOften, check_limit, refuse_too_often
from accounts.models import User
from bag.asked.forms import ShippingRequestForm
from bag.asked.models import ShippingRequest
from bag.asked.services import accept_offer, ask, end_request
from bag.session import Bag
from store.exceptions import Refusal
from store.models import Item
from store.shipping.choice import SEND_TO, chosen_country


@method_decorator(never_cache, name="dispatch")
class AskShippingView(FormView):
    template_name = "bag/asked/ask.html"
    form_class = ShippingRequestForm

    @cached_property
    def item(self) -> Item:
        return get_object_or_404(Item.objects.published(), pk=self.kwargs["item_id"])

    def get_initial(self) -> dict[str, Any]:
        user = self.request.user
        where = {"country_code": chosen_country(self.request)}
        return {**where, "email": user.email} if isinstance(user, User) else where

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "item": self.item}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(item=self.item, **kwargs)

    def form_valid(self, form: ShippingRequestForm) -> HttpResponse:
        asked = form.save(commit=False)
        try:
            check_limit(QUESTIONS, self.request, asked.email)
        except TooOften as refusal:
            return refuse_too_often(self, form, refusal)
        asked.item, asked.site = self.item, site_of(self.request)
        asked.customer = self.request.user if isinstance(self.request.user, User) else None
        asked = ask(asked)
        messages.success(self.request, _("Your question is on its way."))
        return redirect(asked)


@method_decorator(never_cache, name="dispatch")
class ShippingRequestView(DetailView):
    """A request and its answer, for whoever has its secret address."""

    slug_field = slug_url_kwarg = "secret"
    template_name = "bag/asked/request.html"
    context_object_name = "asked"

    def get_queryset(self) -> QuerySet[ShippingRequest]:
        return ShippingRequest.objects.with_state().select_related("item", "order")


class TakeShippingView(View):
    """Put what is reserved into the bag of whoever has the secret address, sent to there."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        rows = ShippingRequest.objects.select_related("item", "customer")
        asked = get_object_or_404(rows, secret=secret)
        bag = Bag(request)
        try:
            accept_offer(asked=asked, bag_key=bag.open(), customer=bag.customer)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect(asked)
        bag.want(asked.item_id, bag.counts[asked.item_id])
        request.session[SEND_TO] = asked.country_code
        return redirect("bag:detail")


class EndShippingView(View):
    """Want it no more: what is reserved is free again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        asked = get_object_or_404(ShippingRequest, secret=secret)
        end_request(request_id=asked.pk)
        return redirect(asked)
