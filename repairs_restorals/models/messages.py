"""What customer and workshop write to each other, and staff among themselves."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from repairs_restorals.models.ticket import ServiceTicket


class MessageQuerySet(models.QuerySet["TicketMessage"]):
    def public(self) -> Self:
        """What the customer may read."""
        return self.filter(internal=False)


class TicketMessage(models.Model):
    """Something written about a ticket: to each other, or as a note among staff."""

    ticket = models.ForeignKey(
        ServiceTicket, on_delete=models.CASCADE, related_name="messages", verbose_name=_("ticket")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        verbose_name=_("by"),
    )
    from_workshop = models.BooleanField(_("from the workshop"), default=False)
    internal = models.BooleanField(
        _("internal"), default=False, help_text=_("Never shown to the customer.")
    )
    body = models.TextField(_("message"), max_length=5000, blank=True)
    at = models.DateTimeField(_("when"), db_default=Now())
    # Which sending of its form this was, by whom and about which ticket: sent again, it is found.
    # None of what no form has written, and of the version before.
    idempotency_key = models.CharField(  # noqa: DJ001
        max_length=80, unique=True, null=True, editable=False
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["pk"]
        indexes = [
            # Who wrote last to each other, of each open ticket, without reading what.
            models.Index(
                fields=["ticket", "-id", "from_workshop"],
                name="message_last",
                condition=Q(internal=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_internal_is_from_workshop",
                condition=Q(internal=False) | Q(from_workshop=True),
            ),
        ]

    def __str__(self) -> str:
        return self.body.strip()[:60] or str(_("photos") if self.pk else _("New message"))
