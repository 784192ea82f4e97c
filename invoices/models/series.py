from django.db import models
from django.utils.translation import gettext_lazy as _


class NumberSeries(models.Model):
    """The last number taken of a prefix in a year. Its row is the queue of all who issue."""

    prefix = models.CharField(_("prefix"), max_length=10, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        ordering = ["prefix", "year"]
        constraints = [
            models.UniqueConstraint(fields=["prefix", "year"], name="one_series_a_year"),
        ]

    def __str__(self) -> str:
        if not self.year:
            return str(_("New number series"))
        return f"{self.prefix}{self.year}-{self.last:04}"
