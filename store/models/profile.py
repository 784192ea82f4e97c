from django.db import models
from django.utils.translation import gettext_lazy as _
from solo.models import SingletonModel

from accounts.models import Address


class ShopProfile(SingletonModel, Address):
    """The one row with what the shop says about itself; staff edit it in the admin."""

    name = models.CharField(_("name of the shop"), max_length=100, default="Repairshop")
    tagline = models.CharField(
        _("one sentence about it"),
        max_length=200,
        default=_("One-of-a-kind things, bought, sold and mended."),
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(
        _("e-mail address"), blank=True, help_text=_("New orders are announced here.")
    )
    opening_hours = models.TextField(_("opening hours"), blank=True)
    account_holder = models.CharField(_("account holder"), max_length=100, blank=True)
    iban = models.CharField(_("IBAN"), max_length=42, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    days_to_pay = models.PositiveSmallIntegerField(
        _("days to pay"), default=7, help_text=_("After that an unpaid order may be cancelled.")
    )
    terms = models.TextField(_("terms of sale"), blank=True)
    privacy = models.TextField(_("privacy"), blank=True)
    imprint = models.TextField(_("legal notice"), blank=True)

    class Meta:
        verbose_name = _("shop profile")

    def __str__(self) -> str:
        return self.name
