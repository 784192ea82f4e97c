"""Files that staff import: what became of them, and what of them comes later."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# No constraint in the database: the version before this one deletes things and people
# without a look at these tables.
LOOSE: dict[str, Any] = {"db_constraint": False}


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def finished(self) -> Self:
        return self.filter(finished_at__isnull=False)

    def of_staff(self, user: Any) -> Self:
        """Reports are for all who may import; a file that waits is its sender's own."""
        return self.filter(Q(finished_at__isnull=False) | Q(user=user))


class ImportRun(models.Model):
    """One file: kept while questions about it are open, then its report."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        verbose_name=_("staff"),
        **LOOSE,
    )
    filename = models.CharField(_("file"), max_length=200)
    # Compressed by zlib; None once it is imported.
    content = models.BinaryField(null=True)
    options = models.JSONField(default=dict)
    report = models.JSONField(null=True)
    created_at = models.DateTimeField(_("sent"), db_default=Now())
    finished_at = models.DateTimeField(_("imported"), null=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("admin:store_item_import_run", args=[self.pk])


class PictureFetchQuerySet(models.QuerySet["PictureFetch"]):
    def waiting(self) -> Self:
        return self.filter(state=PictureFetch.State.WAITING)

    def due(self) -> Self:
        """Those that a process may fetch now: not claimed by another, nor paused after a try."""
        return self.waiting().filter(next_try_at__lte=Now())


class PictureFetch(models.Model):
    """A picture that a file names by its address; the timer fetches it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        FETCHED = "fetched", _("fetched")
        REFUSED = "refused", _("not taken")

    item = models.ForeignKey(
        "store.Item", on_delete=models.CASCADE, related_name="picture_fetches", **LOOSE
    )
    run = models.ForeignKey(
        ImportRun, on_delete=models.SET_NULL, related_name="pictures", null=True, **LOOSE
    )
    url = models.CharField(_("address"), max_length=1000)
    alt_text = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    # While one fetches it, the time after which another may.
    next_try_at = models.DateTimeField(db_default=Now())

    objects = PictureFetchQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("picture to fetch")
        verbose_name_plural = _("pictures to fetch")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "url"], name="picture_fetched_once_for_item")
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], name="picture_fetch_waiting", condition=Q(state="waiting")
            )
        ]

    def __str__(self) -> str:
        return self.url


class ImportedDetail(models.Model):
    """What a file said of an item in a column that the shop does not have; for staff."""

    item = models.ForeignKey(
        "store.Item", on_delete=models.CASCADE, related_name="imported_details", **LOOSE
    )
    column = models.CharField(_("column"), max_length=200)
    text = models.TextField(_("text"))

    class Meta:
        default_permissions = ()
        verbose_name = _("detail from a file")
        verbose_name_plural = _("details from files")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "column"], name="one_detail_of_a_column")
        ]

    def __str__(self) -> str:
        return f"{self.column}: {self.text}"
