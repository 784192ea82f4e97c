from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from accounts.cookies import COOKIES
from accounts.retention import table
from mail.sending import has_server
from store.accent import stylesheet
from store.models import ShopProfile
from store.page_cache.offering import offer
from typed.languages import in_language

TITLES = {"terms": _("Terms of sale"), "privacy": _("Privacy"), "imprint": _("Legal notice")}

# When tests/test_accessible.py last ran over all pages before a release, and found nothing.
ACCESSIBILITY_MEASURED_ON = date(2026, 11, 29)


class LegalView(TemplateView):
    """A text of the shop profile: terms, privacy or imprint."""

    template_name = "store/legal.html"
    subject = ""
    is_kept = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.subject not in TITLES:
            raise Http404
        text = getattr(ShopProfile.for_pages().translated, self.subject)
        if self.is_kept:
            offer(self.request)
        return super().get_context_data(title=TITLES[self.subject], text=text, **kwargs)


class PrivacyView(LegalView):
    """What the shop has written, and below what its program does here, by what is switched on."""

    template_name = "store/privacy.html"
    subject = "privacy"
    # No trigger tells of another period for which something is stored.
    is_kept = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "takes_cards": bool(settings.STRIPE_SECRET_KEY),
            "bucket": bucket_host(),
            "mail_goes": has_server(),
            "kinds": table(),
            "cookies": COOKIES,
        }
        return super().get_context_data(**facts, **kwargs)


def bucket_host() -> str:
    """Whose machine pictures lie on, if not on the shop's own."""
    if not getattr(settings, "AWS_STORAGE_BUCKET_NAME", ""):
        return ""
    endpoint = str(getattr(settings, "AWS_S3_ENDPOINT_URL", "") or "")
    return urlsplit(endpoint).hostname or "Amazon S3"


class AccessibilityView(TemplateView):
    """What is measured of the pages, when it was last, and where somebody complains."""

    template_name = "store/accessibility.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offer(self.request)
        return super().get_context_data(measured_on=ACCESSIBILITY_MEASURED_ON, **kwargs)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Let robots read the catalogue; bags, orders and accounts are nothing for them."""
    closed = (
        *("/admin/", "/accounts/", "/bag/", "/saved/", "/checkout/", "/orders/", "/invoices/"),
        *("/workshop/tickets/", "/workshop/status/", "/workshop/quotes/", "/withdrawals/"),
    )
    sitemap = request.build_absolute_uri(reverse("store:sitemap-index"))
    languages = ShopProfile.for_pages().languages
    paths = [in_language(path, each) for path in closed for each in languages]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in paths), f"Sitemap: {sitemap}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=24 * 60 * 60)
def accent(request: HttpRequest) -> HttpResponse:
    """The shop's colour. Pages name it in the address, so that another one is fetched at once."""
    css = stylesheet(ShopProfile.for_pages().accent)
    return HttpResponse(css, content_type="text/css; charset=utf-8")
