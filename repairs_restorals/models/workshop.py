from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from money.columns import PriceColumn
from store.models.single_row import SingleRow
from typed.translated import TranslatedMixin


class Workshop(TranslatedMixin, SingleRow):
    """The one row with what the workshop says about itself and how it works."""

    TRANSLATED = ("intro", "how_it_works")

    intro = models.TextField(
        _("what is repaired and restored"),
        blank=True,
        help_text=_("Shown on the workshop's page. An empty line begins a new paragraph."),
    )
    how_it_works = models.TextField(
        _("how it works"), blank=True, help_text=_("One step a line, in order.")
    )
    email = models.EmailField(
        _("e-mail address"),
        blank=True,
        help_text=_("Told of what customers write and decide when nobody is assigned."),
    )
    default_assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        limit_choices_to={"is_staff": True, "is_active": True},
        verbose_name=_("new tickets go to"),
    )
    hourly_rate = PriceColumn(
        _("price of an hour"),
        max_digits=9,
        default=Decimal("60.00"),
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("Including tax; a new quote begins with it."),
    )
    tax_rate = models.DecimalField(
        _("tax rate, in percent"),
        max_digits=4,
        decimal_places=2,
        default=Decimal("19.00"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(99))],
    )
    quote_days = models.PositiveSmallIntegerField(
        _("days a quote is valid"), default=14, validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = _("workshop")

    def __str__(self) -> str:
        return str(_("Workshop"))
