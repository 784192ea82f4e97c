"""Things of the workshop that customers use while theirs are here."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from repairs_restorals.models.ticket import ServiceTicket
from store.models import Piece


class LoanQuerySet(models.QuerySet["Loan"]):
    def out(self) -> Self:
        """What is not back yet."""
        return self.filter(returned_at=None)


class Loan(models.Model):
    """A piece of the kind loan, with whoever's ticket it is, until a day."""

    ticket = models.ForeignKey(
        ServiceTicket, models.CASCADE, related_name="loans", verbose_name=_("ticket")
    )
    piece = models.ForeignKey(
        Piece, models.PROTECT, related_name="loans", verbose_name=_("loan item")
    )
    due_on = models.DateField(_("to be back on"))
    lent_at = models.DateTimeField(_("lent"), db_default=Now())
    returned_at = models.DateTimeField(_("came back"), null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )

    objects = LoanQuerySet.as_manager()

    class Meta:
        verbose_name = _("loan")
        verbose_name_plural = _("loans")
        ordering = ["lent_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["piece"], name="piece_is_lent_once", condition=Q(returned_at=None)
            ),
        ]

    def __str__(self) -> str:
        if not self.piece_id:
            return str(_("New loan"))
        return f"{self.piece.item.title} ({self.piece})"

    @property
    def is_overdue(self) -> bool:
        return self.returned_at is None and self.due_on < timezone.localdate()
