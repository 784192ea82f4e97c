from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """Who did what with a row, when. Written in the transaction that does it, never changed."""

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        verbose_name=_("who"),
    )
    at = models.DateTimeField(_("when"), db_default=Now())
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        abstract = True
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["pk"]


class PieceEvent(Event):
    """What happened to a piece. Written with the move by `store.history`, never changed."""

    class Kind(models.TextChoices):
        IN = "in", _("came in")
        HELD = "held", _("into a bag")
        RENEWED = "renewed", _("time renewed")
        LAPSED = "lapsed", _("time ran out")
        RELEASED = "released", _("given back")
        OFFERED = "offered", _("offered to the next in line")
        RESERVED = "reserved", _("reserved by staff")
        EXTENDED = "extended", _("time changed by staff")
        ORDERED = "ordered", _("ordered")
        CANCELLED = "cancelled", _("order cancelled")
        SOLD = "sold", _("sold")
        WITHDRAWN = "withdrawn", _("withdrawn")
        RETURNED = "returned", _("back on sale")
        CORRECTED = "corrected", _("purchase corrected")

    piece = models.ForeignKey(
        "store.Piece", on_delete=models.CASCADE, related_name="events", verbose_name=_("piece")
    )
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name=_("who"),
    )
    until = models.DateTimeField(_("until"), null=True)

    class Meta(Event.Meta):
        verbose_name_plural = _("history")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return str(self.get_kind_display())
