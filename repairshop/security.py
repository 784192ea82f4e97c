"""What browsers report about our pages, and where people report holes (RFC 9116)."""

import json
import logging
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from store.models import ShopProfile
from typed.languages import page_at
from typed.machines import encrypted_only

logger = logging.getLogger(__name__)

# Anybody may send reports. One process writes so many lines a minute, and reads so many bytes.
REPORTS_A_MINUTE = 10
LARGEST_REPORT = 8_000
# Anything may come: no JSON, other JSON, or JSON that goes deeper than Python does.
NO_REPORT = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
# As long as what stands in security.txt is to be believed.
SECURITY_TXT_HOLDS = timedelta(days=90)


@csrf_exempt
@encrypted_only
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Log what the policy of a page has kept a browser from; 204 whatever was sent."""
    sent = request.read(LARGEST_REPORT + 1)
    if len(sent) <= LARGEST_REPORT and is_within_the_minute():
        with suppress(*NO_REPORT):
            log_report(json.loads(sent)["csp-report"])
    return HttpResponse(status=204)


def is_within_the_minute() -> bool:
    minute = f"csp-report-{timezone.now():%H-%M}"
    cache.add(minute, 0, timeout=120)
    return cache.incr(minute) <= REPORTS_A_MINUTE


def log_report(report: dict[str, str]) -> None:
    """Name the view and the other site, for whole addresses may be secret ones."""
    directive = report.get("effective-directive") or report["violated-directive"]
    blocked = urlsplit(report["blocked-uri"])
    try:
        view = page_at(urlsplit(report["document-uri"]).path).view_name
    except Resolver404:
        view = "no page"
    source = f"{blocked.scheme}://{blocked.netloc}" if blocked.netloc else blocked.path
    logger.warning("A page (%s) was kept from %.60r by %.60r", view, source, directive)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole: the shop's address, or else the page that says who keeps it."""
    email = ShopProfile.get_solo().email
    contact = f"mailto:{email}" if email else request.build_absolute_uri(reverse("store:imprint"))
    until = (timezone.now() + SECURITY_TXT_HOLDS).replace(microsecond=0)
    lines = [
        f"Contact: {contact}",
        f"Expires: {until.isoformat()}",
        f"Canonical: {request.build_absolute_uri()}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
