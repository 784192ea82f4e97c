"""The photos of a ticket, and which of them anybody may see."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from repairs_restorals.models.messages import TicketMessage
from repairs_restorals.models.ticket import ServiceTicket
from store.pictures.sizes import sibling
from typed.translated import TranslatedMixin

# Pixels by name, the largest first: each photo is so many JPEG files in one folder.
PHOTO_WIDTHS = {"large": 2400, "medium": 960, "thumb": 320}
# Photos of earlier releases have no others.
FIRST_SIZES = ("large", "thumb")


def private_storage() -> Storage:
    """Where photos of tickets lie: nowhere that a browser can reach by itself."""
    return storages["private"]


def sees_work(user: User | AnonymousUser) -> bool:
    """Whether somebody of the staff sees what is written and photographed of tickets.

    Whoever minds the shop takes things in and hands them out, and does not.
    """
    may = ("change_serviceticket", "view_ticketmessage")
    return user.is_staff and any(user.has_perm(f"repairs_restorals.{name}") for name in may)


class ImageQuerySet(models.QuerySet["TicketImage"]):
    def public(self) -> Self:
        """What the customer may see."""
        return self.exclude(message__internal=True)

    def seen_by(self, user: User | AnonymousUser) -> Self:
        """All for staff of the workshop, what is public for the owner, nothing for others."""
        if sees_work(user):
            return self.all()
        if not isinstance(user, User):
            return self.none()
        return self.public().filter(ticket__in=ServiceTicket.objects.for_customer(user))


class TicketImage(models.Model):
    """A photo of a ticket. `image` names the large file; `photos` writes them all."""

    class Stage(models.TextChoices):
        BEFORE = "before", _("as it came")
        PROGRESS = "progress", _("at work")
        AFTER = "after", _("finished")

    ticket = models.ForeignKey(
        ServiceTicket, on_delete=models.CASCADE, related_name="images", verbose_name=_("ticket")
    )
    message = models.ForeignKey(
        TicketMessage,
        on_delete=models.CASCADE,
        related_name="images",
        null=True,
        editable=False,
        verbose_name=_("message"),
    )
    image = models.FileField(_("photo"), upload_to="tickets/", storage=private_storage)
    caption = models.CharField(_("caption"), max_length=200, blank=True)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, default=Stage.BEFORE)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        editable=False,
    )
    at = models.DateTimeField(_("when"), db_default=Now(), editable=False)

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.caption or f"{self.get_stage_display()} {self.pk or ''}".strip()

    def stored(self, size: str) -> str:
        """The stored name of this photo in one of `PHOTO_WIDTHS`."""
        return sibling(self.image.name or "", size)


class BeforeAfter(TranslatedMixin, models.Model):
    """Two photos of a ticket that anybody may see on the workshop's page.

    Only with the owner's consent, which is written down here with who asked and when.
    """

    TRANSLATED = ("caption",)

    ticket = models.ForeignKey(
        ServiceTicket, on_delete=models.CASCADE, related_name="shown", verbose_name=_("ticket")
    )
    before = models.ForeignKey(
        TicketImage,
        on_delete=models.CASCADE,
        related_name="shown_as_before",
        verbose_name=_("before"),
    )
    after = models.ForeignKey(
        TicketImage,
        on_delete=models.CASCADE,
        related_name="shown_as_after",
        verbose_name=_("after"),
    )
    caption = models.CharField(
        _("caption"), max_length=200, help_text=_("Without the name of the owner.")
    )
    consent = models.CharField(
        _("the owner's consent"),
        max_length=200,
        help_text=_("How and when it was given, such as “signed on the receipt, 3 May”."),
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)
    shown = models.BooleanField(_("on the workshop's page"), default=True)
    # When the owner has taken the consent back; see `repairs_restorals.consent`.
    taken_back_at = models.DateTimeField(_("consent taken back"), null=True, editable=False)
    # When the owner was mailed the link by which that is done.
    told_at = models.DateTimeField(_("owner told how to take it back"), null=True, editable=False)

    class Meta:
        verbose_name = _("before and after")
        verbose_name_plural = _("before and after")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.caption or str(_("New before and after"))
