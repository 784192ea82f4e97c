"""A ticket without logging in, by the link that stands in its mails."""

from typing import Any

from django.db.models import QuerySet
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import DetailView

from accounts.linked import find_by_link
from repairs_restorals.models import ServiceTicket
from repairs_restorals.timeline import with_timeline


@method_decorator(never_cache, name="dispatch")
class StatusView(DetailView):
    """How a ticket stands, for whoever has its secret address: to read, and no more."""

    template_name = "repairs_restorals/status.html"
    context_object_name = "ticket"

    def get_object(self, queryset: QuerySet[ServiceTicket] | None = None) -> ServiceTicket:
        found = with_timeline(ServiceTicket.objects.all())
        return find_by_link(found, self.kwargs["secret"], self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whose it is decides what its page leads to: a stranger's account would find nothing."""
        own = self.object.is_of(self.request.user)
        return super().get_context_data(own=own, **kwargs)
