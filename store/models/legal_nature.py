"""What a thing is before the law: it decides which texts stand beside it, and its tax."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Nature(models.TextChoices):
    """As what a thing is sold; "" is what nobody has said.

    Articles 311(1) of Directive 2006/112/EC and 2(2), 2(3) and 19 of Regulation (EU) 2023/988
    tell these apart.
    """

    NEW = "new", _("new")
    USED = "used", _("used")
    FOR_REPAIR = "for_repair", _("for repair: not fit for use before")
    ANTIQUE = "antique", _("antique, more than a hundred years old")
    ART = "art", _("work of art")
    COLLECTIBLE = "collectible", _("collectors’ piece")


class TaxScheme(models.TextChoices):
    STANDARD = "standard", _("standard rate")
    REDUCED = "reduced", _("reduced rate")
    MARGIN = "margin", _("margin scheme")
    ZERO = "zero", _("zero rate")


class PurchaseTax(models.TextChoices):
    """What tax was in the price for which a thing was bought; "" is what nobody has said."""

    NONE = "none", _("none shown: from a private person, or by the margin scheme")
    SHOWN = "shown", _("shown on the invoice")
    REDUCED = "reduced", _("imported, or bought, at a reduced rate")


# By the margin scheme nobody sells what was bought so: Articles 314 and, as Directive (EU)
# 2022/542 has put it, 316(1) of Directive 2006/112/EC.
NO_MARGIN = (PurchaseTax.SHOWN, PurchaseTax.REDUCED)


class LegalNatureMixin(models.Model):
    Nature = Nature
    TaxScheme = TaxScheme

    nature = models.CharField(
        _("sold as"), max_length=12, choices=Nature, blank=True, default="", db_default=""
    )
    tax_scheme = models.CharField(
        _("tax scheme"), max_length=10, choices=TaxScheme, default=TaxScheme.STANDARD
    )

    class Meta:
        abstract = True
