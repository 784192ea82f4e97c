"""How far a ticket has come, and what may come after what."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    SUBMITTED = "submitted", _("submitted")
    ASSESSING = "assessing", _("being assessed")
    QUOTED = "quoted", _("quoted")
    APPROVED = "approved", _("approved")
    IN_PROGRESS = "in_progress", _("in progress")
    READY = "ready", _("ready to collect")
    COLLECTED = "collected", _("collected")
    DECLINED = "declined", _("quote declined")
    CANCELLED = "cancelled", _("cancelled")


# Every transition that there is. What is not here raises TransitionNotAllowed.
TRANSITIONS: dict[Status, set[Status]] = {
    Status.SUBMITTED: {Status.ASSESSING, Status.QUOTED, Status.APPROVED, Status.CANCELLED},
    Status.ASSESSING: {Status.QUOTED, Status.APPROVED, Status.READY, Status.CANCELLED},
    Status.QUOTED: {
        Status.QUOTED,
        Status.ASSESSING,
        Status.APPROVED,
        Status.DECLINED,
        Status.CANCELLED,
    },
    Status.DECLINED: {Status.ASSESSING, Status.QUOTED, Status.READY, Status.CANCELLED},
    Status.APPROVED: {Status.ASSESSING, Status.QUOTED, Status.IN_PROGRESS, Status.CANCELLED},
    Status.IN_PROGRESS: {Status.ASSESSING, Status.QUOTED, Status.READY},
    Status.READY: {Status.IN_PROGRESS, Status.COLLECTED},
    Status.COLLECTED: set(),
    Status.CANCELLED: set(),
}
CLOSED = [Status.COLLECTED, Status.CANCELLED]
# Made by sending a quote, by its decision or within the go-ahead limit, never by a button.
NOT_BY_HAND = {Status.QUOTED, Status.APPROVED, Status.DECLINED}
# While nothing is agreed the customer may take the ticket back.
NOT_AGREED = [Status.SUBMITTED, Status.ASSESSING, Status.QUOTED, Status.DECLINED]
