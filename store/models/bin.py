"""What a thing remembers that was deleted and is in the bin, and the bin as staff see it."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

IN_BIN_FOR = timedelta(days=30)


class BinMixin(models.Model):
    """Columns of a thing in the bin. Such a thing is never published, so that whoever does not
    know of the bin, such as the version before, shows it to nobody.
    """

    binned_at = models.DateTimeField(_("deleted at"), null=True, editable=False)
    # Without a constraint in the database, the version before can delete who put it there.
    binned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        verbose_name=_("deleted by"),
    )
    # When it goes for good; None for what stays because books, orders or tickets know it.
    bin_until = models.DateTimeField(_("can be put back until"), null=True, editable=False)
    published_before = models.BooleanField(
        _("published before"), default=False, db_default=False, editable=False
    )

    class Meta:
        abstract = True


# Each of them, as what is not in the bin has it.
NOT_IN_BIN: dict[str, Any] = {
    "binned_at": None,
    "binned_by": None,
    "bin_until": None,
    "published_before": False,
}
