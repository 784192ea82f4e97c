from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

# Of the history of pieces: what staff have said about whoever it was put aside for.
HAS_WORDS = Q(kind__in=["reserved", "extended", "released"], note__gt="")
# The hold that its piece has now, by the database's clock.
OF_HOLD_NOW = Q(piece__held_until__gt=Now(), at__gte=F("piece__held_since"))


class Event(models.Model):
    """Who did what with a row, when. Written in the transaction that does it, never changed.

    But for words: those go when their time is over, or whom they are about is erased.
    """

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


class PieceEventQuerySet(models.QuerySet["PieceEvent"]):
    def with_words(self) -> Self:
        """Those that say, in words of staff, for whom a piece was put aside."""
        return self.filter(HAS_WORDS)

    def about(self, user: Any) -> Self:
        """Those of what was put aside for an account."""
        # So those know it that were written before events said for whom.
        held_now = Q(OF_HOLD_NOW, piece__held_for=user, held_for=None)
        return self.with_words().filter(Q(held_for=user) | held_now)


class PieceEvent(Event):
    """What happened to a piece. Written with the move by `store.history`."""

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
    # Beside words: for whom it was held, so that what is said of them is found.
    held_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        db_index=False,
    )
    until = models.DateTimeField(_("until"), null=True)

    objects = PieceEventQuerySet.as_manager()

    class Meta(Event.Meta):
        verbose_name_plural = _("history")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["at"], name="piece_event_words", condition=HAS_WORDS)]

    def __str__(self) -> str:
        return str(self.get_kind_display())
