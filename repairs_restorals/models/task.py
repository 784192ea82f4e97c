from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import User
from repairs_restorals.models.ticket import ServiceTicket


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> Self:
        return self.filter(done_at=None)

    def for_staff(self, user: User) -> Self:
        return self.filter(assignee=user)


class Task(models.Model):
    """Something that one member of staff is to do, about a ticket or not."""

    title = models.CharField(_("what"), max_length=200)
    ticket = models.ForeignKey(
        ServiceTicket,
        on_delete=models.CASCADE,
        related_name="tasks",
        null=True,
        blank=True,
        verbose_name=_("ticket"),
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="tasks",
        verbose_name=_("for"),
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("from"),
    )
    created_at = models.DateTimeField(_("since"), db_default=Now(), editable=False)
    # Which sending of its form this was, by whom and about which ticket: sent again, it is found.
    # None of what no form has written, and of the version before.
    idempotency_key = models.CharField(  # noqa: DJ001
        max_length=80, unique=True, null=True, editable=False
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        permissions = [("assign_task", gettext_noop("Can give tasks to others"))]
        ordering = [models.F("due_on").asc(nulls_last=True), "pk"]

    def __str__(self) -> str:
        return self.title or str(_("New task"))

    @property
    def is_overdue(self) -> bool:
        return bool(self.due_on and not self.done_at and self.due_on < timezone.localdate())
