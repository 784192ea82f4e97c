"""Addresses that things and categories had before: their links lead on for ever."""

from typing import Any, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RenamedMixin(models.Model):
    """Whatever has a `slug` remembers those it had before, whoever changes it by `save`."""

    slug: Any

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        before = getattr(self, "_slug_in_db", "")
        if not before or before == self.slug:
            super().save(*args, **kwargs)
        else:
            with transaction.atomic():
                super().save(*args, **kwargs)
                PastAddress.objects.note(self, before)
        self.note_slug()

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        found = super().from_db(*args, **kwargs)
        found.note_slug()
        return found

    def note_slug(self) -> None:
        self._slug_in_db = self.__dict__.get("slug", "")


class PastAddressManager(models.Manager["PastAddress"]):
    def note(self, thing: RenamedMixin, slug: str) -> None:
        """Let a slug lead to a thing that is called otherwise from now on."""
        kind = thing._meta.model_name or ""
        this = {"item": None, "category": None, kind: thing}
        of_kind = self.filter(**{f"{kind}__isnull": False})
        of_kind.filter(slug__in=[slug, thing.slug]).delete()
        self.create(slug=slug, **this)


class PastAddress(models.Model):
    """A slug that an item or a category had, and no other of its kind has taken since."""

    slug = models.SlugField(_("address"), max_length=220)
    # Without a constraint in the database, the version before can delete what was renamed.
    item = models.ForeignKey(
        "store.Item",
        on_delete=models.CASCADE,
        related_name="past_addresses",
        null=True,
        db_constraint=False,
    )
    category = models.ForeignKey(
        "store.Category",
        on_delete=models.CASCADE,
        related_name="past_addresses",
        null=True,
        db_constraint=False,
    )

    objects = PastAddressManager()

    class Meta:
        verbose_name = _("past address")
        verbose_name_plural = _("past addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["slug"], name="past_address_of_one_item", condition=Q(item__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["slug"],
                name="past_address_of_one_category",
                condition=Q(category__isnull=False),
            ),
            models.CheckConstraint(
                name="past_address_of_one_thing",
                condition=Q(item__isnull=True) ^ Q(category__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.slug
