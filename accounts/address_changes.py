"""Which address an account had before, for whoever wants it back."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

# So long the old address can take a change back.
UNDONE_WITHIN = timedelta(days=7)
# An address that an account has had for less may be that of somebody who took the account.
SETTLED_AFTER = timedelta(days=180)


class AddressChange(models.Model):
    """An account's change to another address. Taking one back takes back all that came after."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    old = models.EmailField(_("old address"))
    new = models.EmailField(_("new address"))
    at = models.DateTimeField(auto_now_add=True)
    # Whether it was shown that the old address was the account's.
    was_theirs = models.BooleanField(default=False, db_default=False, editable=False)
    # Or since when the word of staff counts, and nobody takes it back.
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of addresses")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
