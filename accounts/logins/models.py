"""Where people are logged in, and in which browsers they were before."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Login(models.Model):
    """A session of somebody, for the page on which they end it. It lives as long as that."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(_("browser"), max_length=80)
    address = models.GenericIPAddressField(_("address"), null=True)
    began_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("log-in")
        verbose_name_plural = _("log-ins")
        ordering = ["-began_at"]

    def __str__(self) -> str:
        return self.browser


class KnownBrowser(models.Model):
    """A browser in which somebody has logged in whole. It keeps a cookie, we keep its digest."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("known browser")
        verbose_name_plural = _("known browsers")
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="known_once")]

    def __str__(self) -> str:
        return self.digest[:8]
