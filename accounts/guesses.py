from django.db import models
from django.utils.translation import gettext_lazy as _


class Guesses(models.Model):
    """Wrong passwords at an account, from a network, in a browser, or in the whole shop."""

    key = models.CharField(max_length=60, primary_key=True)
    # With fractions: time forgets them bit by bit.
    count = models.FloatField()
    failed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("wrong passwords")
        verbose_name_plural = _("wrong passwords")

    def __str__(self) -> str:
        return self.key
