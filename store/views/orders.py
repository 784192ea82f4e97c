from typing import Any, cast

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import DetailView, ListView

from accounts.linked import find_by_link
from accounts.models import User
from store.models import Order
from store.panels import with_bills


@method_decorator(never_cache, name="dispatch")
class OrderListView(LoginRequiredMixin, ListView):
    """What somebody has ordered since they have an account, newest first."""

    template_name = "store/order_list.html"
    context_object_name = "orders"
    paginate_by = 20

    def get_queryset(self) -> QuerySet[Order]:
        customer = cast(User, self.request.user)
        orders = Order.objects.for_customer(customer).prefetch_related("lines")
        return with_bills(orders.order_by("-pk"))


@method_decorator(never_cache, name="dispatch")
class OrderView(DetailView):
    """An order, for whoever has its secret address: guests too."""

    template_name = "store/order_detail.html"

    def get_queryset(self) -> QuerySet[Order]:
        found = with_bills(Order.objects.all())
        found = found.select_related("confirmation")
        return found.prefetch_related("lines__piece__item", "events")

    def get_object(self, queryset: QuerySet[Order] | None = None) -> Order:
        return find_by_link(self.get_queryset(), self.kwargs["secret"], self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(confirm_minutes=settings.CONFIRM_MINUTES, **kwargs)
