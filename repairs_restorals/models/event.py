from django.db import models
from django.utils.translation import gettext_lazy as _

from repairs_restorals.models.status import Status
from store.models.event import Event


class TicketEvent(Event):
    """What happened to a ticket, and who did it."""

    class Kind(models.TextChoices):
        FILED = "filed", _("filed")
        EDITED = "edited", _("changed")
        TRANSITION = "moved", _("moved on")
        PHOTOS = "photos", _("photos added")
        QUOTED = "quoted", _("quote sent")
        ACCEPTED = "accepted", _("quote accepted")
        DECLINED = "declined", _("quote declined")
        REOPENED = "reopened", _("quote open again")
        WENT_AHEAD = "went_ahead", _("started within the go-ahead limit")
        ASSIGNED = "assigned", _("assigned")
        DUE = "due", _("due date changed")
        MERGED = "merged", _("merged")
        LINK = "link", _("status link renewed")
        PARTS = "parts", _("waits for parts")
        PARTS_HERE = "parts_here", _("parts are here")

    # What customers see of it in the timeline; the rest is how the workshop organises itself.
    PUBLIC = [
        Kind.FILED,
        Kind.EDITED,
        Kind.TRANSITION,
        Kind.PHOTOS,
        Kind.QUOTED,
        Kind.ACCEPTED,
        Kind.DECLINED,
        Kind.REOPENED,
        Kind.WENT_AHEAD,
        Kind.MERGED,
        Kind.PARTS,
        Kind.PARTS_HERE,
    ]

    ticket = models.ForeignKey(
        "repairs_restorals.ServiceTicket",
        on_delete=models.CASCADE,
        related_name="events",
        verbose_name=_("ticket"),
    )
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    status = models.CharField(_("new status"), max_length=12, choices=Status, blank=True)

    def __str__(self) -> str:
        return self.summary

    @property
    def summary(self) -> str:
        """What happened, as one says it afterwards."""
        moved = self.kind == self.Kind.TRANSITION
        summary = self.get_status_display() if moved else self.get_kind_display()
        return summary or str(_("New event"))

    @property
    def is_public(self) -> bool:
        return self.kind in self.PUBLIC
