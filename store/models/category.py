from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from store.models.legal_nature import Nature, TaxScheme
from store.models.past_address import RenamedMixin
from typed.translated import TranslatedMixin


class Category(TranslatedMixin, RenamedMixin):
    TRANSLATED = ("name",)

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("page address"), max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="subcategories",
        verbose_name=_("part of"),
        help_text=_("A category that has parts shows their things too. Empty for one of its own."),
    )
    # What new things of it have where nobody says otherwise; "" where it says nothing.
    nature = models.CharField(
        _("what its new things are"),
        max_length=12,
        choices=Nature,
        blank=True,
        default="",
        db_default="",
    )
    tax_scheme = models.CharField(
        _("tax scheme of its new things"),
        max_length=10,
        choices=TaxScheme,
        blank=True,
        default="",
        db_default="",
        help_text=_("Empty: the standard rate."),
    )

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("store:category", args=[self.slug])

    def clean(self) -> None:
        """Categories have one level of parts: a menu with more is a maze."""
        if self.parent_id is None:
            return
        if self.parent_id == self.pk:
            raise ValidationError({"parent": _("A category is no part of itself.")})
        if self.parent and self.parent.parent_id:
            wrong = _("“%(name)s” is part of another category itself. Choose one that is not.")
            raise ValidationError({"parent": wrong % {"name": self.parent.name}})
        if self.pk and self.subcategories.exists():
            wrong = _("This category has parts of its own. Give those another place first.")
            raise ValidationError({"parent": wrong})
