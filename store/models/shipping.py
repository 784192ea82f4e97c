"""Where the shop sends things, and what it asks for that: read by `store.shipping`."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from money.columns import PriceColumn

HEAVIEST = 10_000_000


class SizeClass(models.TextChoices):
    """How a thing is sent, in plain words; "" is a thing that has none."""

    SMALL = "small", _("small parcel")
    PARCEL = "parcel", _("parcel")
    BULKY = "bulky", _("bulky")
    FREIGHT = "freight", _("freight")


class ShippingZone(models.Model):
    """Countries to which sending things costs the same."""

    class Prices(models.TextChoices):
        SIZE = "size", _("by size")
        WEIGHT = "weight", _("by weight")

    name = models.CharField(_("name"), max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("The lowest comes first.")
    )
    prices = models.CharField(
        _("prices"), max_length=10, choices=Prices, default=Prices.SIZE, db_default=Prices.SIZE
    )
    free_from = PriceColumn(
        _("free from"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_(
            "When the things cost so much, these prices are not asked for. Empty: they always are."
        ),
    )
    on_request = models.BooleanField(
        _("on request, where there is no price"),
        default=False,
        db_default=False,
        help_text=_("Customers may ask what sending it costs. Otherwise it is not sent there."),
    )

    class Meta:
        verbose_name = _("shipping zone")
        verbose_name_plural = _("shipping zones")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class ZoneCountry(models.Model):
    """A country is in one zone at most."""

    zone = models.ForeignKey(ShippingZone, on_delete=models.CASCADE, related_name="countries")
    code = models.CharField(max_length=2, unique=True, validators=[RegexValidator("^[A-Z]{2}$")])

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        default_permissions = ()
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class ShippingRate(models.Model):
    """A price of a zone: for a size, or up to a weight."""

    zone = models.ForeignKey(ShippingZone, on_delete=models.CASCADE, related_name="rates")
    size = models.CharField(
        _("size for shipping"), max_length=10, choices=SizeClass, blank=True, default=""
    )
    up_to_grams = models.PositiveIntegerField(
        _("up to (grams)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(HEAVIEST)],
    )
    price = PriceColumn(_("price"), max_digits=9, validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        default_permissions = ()
        ordering = ["up_to_grams", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "size"], condition=~Q(size=""), name="one_rate_of_each_size"
            ),
            models.UniqueConstraint(
                fields=["zone", "up_to_grams"],
                condition=Q(size=""),
                name="one_rate_up_to_each_weight",
            ),
            models.CheckConstraint(
                condition=Q(size="", up_to_grams__isnull=False)
                | (~Q(size="") & Q(up_to_grams__isnull=True)),
                name="rate_is_of_size_or_weight",
                violation_error_message=_("Either a size or a weight."),
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="rate_not_negative"),
        ]

    def __str__(self) -> str:
        return str(self.get_size_display()) if self.size else f"{self.up_to_grams} g"


class ShippingMixin(models.Model):
    """What a thing says for the zones. Its own price, if it has one, is that of home."""

    SizeClass = SizeClass

    size_class = models.CharField(
        _("size for shipping"),
        max_length=10,
        choices=SizeClass,
        blank=True,
        default="",
        db_default="",
        help_text=_("With it, the prices of the shipping zones count."),
    )
    weight_grams = models.PositiveIntegerField(
        _("weight (grams)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(HEAVIEST)],
        help_text=_("With its packing; for zones whose prices go by weight."),
    )

    class Meta:
        abstract = True
