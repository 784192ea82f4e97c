from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from store.pictures.sizes import AVIF_SIZES, FIRST_SIZES, kept_sizes, sibling
from typed.translated import Others, TranslatedMixin, said


def what_is_seen(alt_text: str, others: Others | None, title: str, *, is_described: bool) -> str:
    """The words for those who cannot see a picture: where nobody has said any, the title."""
    words = said(alt_text, others)
    is_main = words.language == settings.LANGUAGE_CODE
    return title if is_main and not is_described else words


class ItemImage(TranslatedMixin):
    """A picture of an item. `image` names the largest file; `store.pictures` writes them all."""

    TRANSLATED = ("alt_text",)

    class Renditions(models.IntegerChoices):
        """Which files there are: those of earlier releases, all as WebP, and as AVIF too."""

        FIRST = 1
        WEBP = 2
        AVIF = 3

    item = models.ForeignKey("store.Item", on_delete=models.CASCADE, related_name="images")
    image = models.FileField(_("picture"), upload_to="items/")
    alt_text = models.CharField(_("description for those who cannot see it"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    renditions = models.PositiveSmallIntegerField(
        choices=Renditions, default=Renditions.FIRST, db_default=Renditions.FIRST, editable=False
    )
    refined_at = models.DateTimeField(null=True, editable=False)
    # Whether somebody wrote the description: until then, the title stands in its place.
    is_described = models.BooleanField(default=True, db_default=True, editable=False)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["position", "pk"]
        indexes = [
            models.Index(
                fields=["item"], name="image_to_be_described", condition=Q(is_described=False)
            ),
        ]

    def __str__(self) -> str:
        return self.alt_text

    def alt_in_words(self, title: str) -> str:
        """What is seen, in the active language; without a description, its thing's title there."""
        others = self.others("alt_text")
        return what_is_seen(self.alt_text, others, title, is_described=self.is_described)

    @property
    def large_url(self) -> str:
        return self._url("large")

    @property
    def card_url(self) -> str:
        return self._url("card")

    @property
    def thumb_url(self) -> str:
        return self._url("thumb")

    @property
    def full_url(self) -> str:
        """The picture with every pixel that is kept of it."""
        return str(self.image.storage.url(self.image.name or ""))

    @property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """Width and height of each size that there is, by its name, the smallest first."""
        only_first = self.renditions == self.Renditions.FIRST
        return kept_sizes(self.width, self.height, only_first=only_first)

    @property
    def srcset(self) -> str:
        """All sizes with their true widths, for `srcset`, smallest first."""
        return self._srcset(reversed(self.sizes))

    @property
    def avif_srcset(self) -> str:
        """The same as AVIF; empty until they are made."""
        there = self.renditions == self.Renditions.AVIF
        return self._srcset(self.avif_sizes, "avif") if there else ""

    @property
    def avif_sizes(self) -> list[str]:
        """Of which sizes there shall be AVIF, the largest first; no two of the same width."""
        names = {size[0]: name for name, size in reversed(kept_sizes(*self.full_size).items())}
        return [name for name in names.values() if name in AVIF_SIZES]

    @property
    def later_sizes(self) -> list[str]:
        """The sizes that an upload of an earlier release lacks, the largest first."""
        return [name for name in reversed(kept_sizes(*self.full_size)) if name not in FIRST_SIZES]

    @property
    def full_size(self) -> tuple[int, int]:
        return self.width, self.height

    def _srcset(self, sizes: Iterable[str], suffix: str = "") -> str:
        sizes_there = self.sizes
        # The largest first: of two of the same width, the one with the smaller name is taken.
        widths = {sizes_there[size][0]: self._url(size, suffix) for size in sizes}
        return ", ".join(f"{url} {width}w" for width, url in sorted(widths.items()))

    def _url(self, size: str, suffix: str = "") -> str:
        return str(self.image.storage.url(sibling(self.image.name or "", size, suffix)))
