from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class SecurityLogEntry(models.Model):
    """What touched who may do what. Written once, never changed, forgotten after a while."""

    at = models.DateTimeField(_("when"), db_default=Now(), db_index=True)
    event = models.CharField(_("what"), max_length=30)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("person"),
    )
    # As typed at the log-in, or the address of then: the account may be gone.
    who = models.CharField(_("who"), max_length=254, blank=True)
    address = models.GenericIPAddressField(_("from where"), null=True)
    about = models.CharField(_("about"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("entry of the security log")
        verbose_name_plural = _("security log")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.event} {self.who}".strip()
