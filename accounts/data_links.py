"""Mailed links by which somebody without an account reads what is kept about them."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

GOOD_FOR = timedelta(days=1)


class DataLink(models.Model):
    """The address that a link is about, so that none stands in the link itself."""

    email = models.EmailField(_("e-mail address"))
    at = models.DateTimeField(_("asked for"), auto_now_add=True)

    class Meta:
        verbose_name = _("link to somebody's data")
        verbose_name_plural = _("links to somebody's data")

    def __str__(self) -> str:
        return str(self.at)
