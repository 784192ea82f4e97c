from typing import Any

from django.urls import reverse
from django.views.generic import TemplateView

from repairs_restorals.models import BeforeAfter, Workshop
from store.page_cache.offering import offer
from typed.translated import Words

MAX_PAIRS = 6


def lines_of(text: Words) -> list[Words]:
    return [Words(line, text.language) for line in text.splitlines() if line.strip()]


class WorkshopView(TemplateView):
    """What the workshop does, for everybody."""

    template_name = "repairs_restorals/workshop.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        workshop = Workshop.for_pages()
        pairs = BeforeAfter.objects.filter(shown=True).select_related("before", "after")
        offer(self.request)
        return super().get_context_data(
            workshop=workshop,
            steps=lines_of(workshop.translated.how_it_works),
            pairs=pairs[:MAX_PAIRS],
            nav_current=reverse("repairs:workshop"),
            **kwargs,
        )
