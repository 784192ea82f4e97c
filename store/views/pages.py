from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from store.accent import stylesheet
from store.models import ShopProfile

TITLES = {"terms": _("Terms of sale"), "privacy": _("Privacy"), "imprint": _("Legal notice")}


class LegalView(TemplateView):
    """A text of the shop profile: terms, privacy or imprint."""

    template_name = "store/legal.html"
    subject = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.subject not in TITLES:
            raise Http404
        text = getattr(ShopProfile.for_pages(), self.subject)
        known = {"title": TITLES[self.subject], "text": text, "subject": self.subject}
        return super().get_context_data(**known, **kwargs)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Let robots read the catalogue; bags, orders and accounts are nothing for them."""
    closed = (
        *("/admin/", "/accounts/", "/bag/", "/saved/", "/checkout/", "/orders/", "/invoices/"),
        *("/workshop/tickets/", "/workshop/status/", "/workshop/quotes/", "/withdrawals/"),
    )
    sitemap = request.build_absolute_uri(reverse("store:sitemap-index"))
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), f"Sitemap: {sitemap}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=24 * 60 * 60)
def accent(request: HttpRequest) -> HttpResponse:
    """The shop's colour. Pages name it in the address, so that another one is fetched at once."""
    css = stylesheet(ShopProfile.for_pages().accent)
    return HttpResponse(css, content_type="text/css; charset=utf-8")
