"""Photos of tickets, each asked for by somebody; whoever may not see one finds nothing there."""

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.generic import View

from repairs_restorals.models import BeforeAfter, TicketImage
from repairs_restorals.models.photos import PHOTO_WIDTHS, private_storage

RETRY_AFTER_SECONDS = 30
logger = logging.getLogger(__name__)


def shown(photo: TicketImage, size: str) -> HttpResponse:
    """The file of a photo, whole: a part that was asked for is ignored, as HTTP allows."""
    if size not in PHOTO_WIDTHS:
        raise Http404
    try:
        with private_storage().open(photo.stored(size)) as file:
            content = file.read()
    except FileNotFoundError as problem:
        logger.exception("Photo %s is gone", photo.pk)
        raise Http404 from problem
    except OSError:
        logger.exception("Could not read photo %s", photo.pk)
        return out_of_reach()
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'inline; filename="photo-{photo.pk}-{size}.jpg"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type="image/jpeg", headers=headers)


def out_of_reach() -> HttpResponse:
    """The photo is there, but its storage is not: another answer than for one that is gone."""
    context = {
        "status": 503,
        "title": _("This photo cannot be shown just now"),
        "advice": _("It is not lost. Try again in a minute."),
    }
    headers = {"Cache-Control": "no-store", "Retry-After": str(RETRY_AFTER_SECONDS)}
    return HttpResponse(render_to_string("error.html", context), status=503, headers=headers)


class PhotoView(View):
    """For the owner of a ticket, and for staff of the workshop."""

    def get(self, request: HttpRequest, pk: int, photo: int, size: str) -> HttpResponse:
        mine = TicketImage.objects.seen_by(request.user).filter(ticket=pk)
        return shown(get_object_or_404(mine, pk=photo), size)


class StatusPhotoView(View):
    """For whoever has a ticket's secret address: what its customer may see."""

    def get(self, request: HttpRequest, secret: str, photo: int, size: str) -> HttpResponse:
        public = TicketImage.objects.public().filter(ticket__status_secret=secret)
        return shown(get_object_or_404(public, pk=photo), size)


class ShownView(View):
    """For everybody: what staff show with the owner's consent, and nothing else of a ticket."""

    def get(self, request: HttpRequest, pk: int, side: str) -> HttpResponse:
        if side not in {"before", "after"}:
            raise Http404
        pairs = BeforeAfter.objects.filter(shown=True).select_related(side)
        return shown(getattr(get_object_or_404(pairs, pk=pk), side), "large")
