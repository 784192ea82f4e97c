from typing import Any

from django.urls import reverse
from django.views.generic import TemplateView

from repairs_restorals.models import BeforeAfter, Workshop

MAX_PAIRS = 6


class WorkshopView(TemplateView):
    """What the workshop does, for everybody."""

    template_name = "repairs_restorals/workshop.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        workshop = Workshop.for_pages()
        pairs = BeforeAfter.objects.filter(shown=True).select_related("before", "after")
        return super().get_context_data(
            workshop=workshop,
            steps=[line for line in workshop.how_it_works.splitlines() if line.strip()],
            pairs=pairs[:MAX_PAIRS],
            nav_current=reverse("repairs:workshop"),
            **kwargs,
        )
