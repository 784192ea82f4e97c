"""Which things nobody may withdraw from buying: Article 16 of Directive 2011/83/EU."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WithdrawalException(models.TextChoices):
    """Why the right to withdraw from buying a thing is none, or may end. "" is the usual."""

    # Point (c): made to the consumer's specifications, or clearly personalised.
    MADE = "made", _("made to the customer’s wish: no right to withdraw")
    # Point (e): for reasons of health or hygiene, when it is unsealed after delivery.
    SEALED = "sealed", _("sealed for health or hygiene: the right ends with the seal")


class ReturnCosts(models.TextChoices):
    """Who pays for sending things back: Article 14(1) of Directive 2011/83/EU."""

    CUSTOMER = "customer", _("the customer")
    SHOP = "shop", _("the shop")
