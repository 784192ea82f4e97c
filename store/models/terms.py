from hashlib import sha256

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from store.models.profile import ShopProfile


class TermsVersion(models.Model):
    """The terms of sale as they were once: orders keep those between which they were placed."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    text = models.TextField(_("text"), editable=False)
    since = models.DateTimeField(_("since"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("terms of sale")
        verbose_name_plural = _("terms of sale")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(_("Terms of sale")) if self.pk else str(_("New terms of sale"))


def digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def terms_of(shop: ShopProfile, language: str = "") -> str:
    """As a customer reads them in a language, or else the active one; "" for none."""
    return shop.translated_into(language).terms.strip()


def terms_in_force(language: str = "") -> TermsVersion | None:
    """The terms of today, if any. They are kept for as long as there is an order."""
    if not (text := terms_of(ShopProfile.get_solo(), language)):
        return None
    digest = digest_of(text)
    found, _created = TermsVersion.objects.get_or_create(digest=digest, defaults={"text": text})
    return found
