"""Photos of tickets, each asked for by somebody; whoever may not see one finds nothing there."""

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from accounts.linked import find_by_link
from repairs_restorals.models import BeforeAfter, ServiceTicket, TicketImage
from repairs_restorals.models.photos import (
    FIRST_SIZES,
    PHOTO_WIDTHS,
    ImageQuerySet,
    private_storage,
)

RETRY_AFTER_SECONDS = 30
SIDES = ("before", "after")
logger = logging.getLogger(__name__)


def shown(photo: TicketImage, size: str) -> HttpResponse:
    """The file of a photo, whole: a part that was asked for is ignored, as HTTP allows."""
    if size not in PHOTO_WIDTHS:
        raise Http404
    try:
        with private_storage().open(photo.stored(size)) as file:
            content = file.read()
    except FileNotFoundError as problem:
        if size not in FIRST_SIZES:
            return shown(photo, "large")
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
        ticket = find_by_link(ServiceTicket.objects.all(), secret, request.user)
        public = TicketImage.objects.public().filter(ticket=ticket)
        return shown(get_object_or_404(public, pk=photo), size)


class PhotoPage(View):
    """A photo by itself with the way back and to those beside it, where no lightbox can be."""

    def get(self, request: HttpRequest, pk: int, photo: int) -> HttpResponse:
        mine = TicketImage.objects.seen_by(request.user).filter(ticket=pk)
        of_others = mine.exclude(ticket__customer=request.user.pk).exists()
        admin = "admin:repairs_restorals_serviceticket_change"
        back = reverse(admin if of_others else "repairs:ticket", args=[pk])
        return page_of(request, mine, photo, back=back, names=("photo", "photo-page"), of=[pk])


class StatusPhotoPage(View):
    def get(self, request: HttpRequest, secret: str, photo: int) -> HttpResponse:
        ticket = find_by_link(ServiceTicket.objects.all(), secret, request.user)
        public = TicketImage.objects.public().filter(ticket=ticket)
        back = reverse("repairs:status", args=[secret])
        names = "status-photo", "status-photo-page"
        return page_of(request, public, photo, back=back, names=names, of=[secret])


def page_of(
    request: HttpRequest,
    photos: ImageQuerySet,
    pk: int,
    *,
    back: str,
    names: tuple[str, str],
    of: list[Any],
) -> HttpResponse:
    """`names` are those of the addresses of a file and of a page, `of` what they begin with."""
    photo = get_object_or_404(photos.select_related("ticket"), pk=pk)
    file, page = (f"repairs:{name}" for name in names)
    keys = list(photos.values_list("pk", flat=True))
    pages = ["", *(reverse(page, args=[*of, key]) for key in keys), ""]
    number = keys.index(pk) + 1
    context = {
        "photo": photo,
        "large": reverse(file, args=[*of, pk, "large"]),
        "back": back,
        "number": number,
        "total": len(keys),
        "previous": pages[number - 1],
        "next": pages[number + 1],
    }
    answer = render(request, "repairs_restorals/photo.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer


class ShownView(View):
    """For everybody: what staff show with the owner's consent, and nothing else of a ticket."""

    def get(self, request: HttpRequest, pk: int, side: str) -> HttpResponse:
        return shown(getattr(shown_pair(pk, side), side), "large")


class ShownPage(View):
    """The same by itself, where no lightbox can be."""

    def get(self, request: HttpRequest, pk: int, side: str) -> HttpResponse:
        pair = shown_pair(pk, side)
        pages = {each: reverse("repairs:shown-page", args=[pk, each]) for each in SIDES}
        before = side == "before"
        words = _("Before: %(caption)s") if before else _("After: %(caption)s")
        context = {
            "pk": pk,
            "side": side,
            "photo": getattr(pair, side),
            "title": words % {"caption": pair.translated.caption},
            "number": 1 if before else 2,
            "total": len(SIDES),
            "previous": "" if before else pages["before"],
            "next": pages["after"] if before else "",
        }
        return render(request, "repairs_restorals/shown.html", context)


def shown_pair(pk: int, side: str) -> BeforeAfter:
    if side not in SIDES:
        raise Http404
    return get_object_or_404(BeforeAfter.objects.filter(shown=True).select_related(side), pk=pk)
