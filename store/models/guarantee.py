"""What customers are told of the legal guarantee before they order.

Since 27 September 2026 that is the harmonised notice: Articles 6(1)(l) and 22a of Directive
2011/83/EU, and Annex I of Regulation (EU) 2025/1960. It is one picture for each language, unaltered
but for its size, in colour where the contract is made online. The shop puts the official one in.
"""

from typing import NamedTuple

from django.core.files.storage import default_storage
from django.db import models
from django.utils.translation import gettext_lazy as _

from store.pictures.sizes import fitting
from typed.translated import TranslatedMixin

# Articles 10, 13 and 14 of Directive (EU) 2019/771 in short.
GUARANTEE = _(
    "By law you have a guarantee of at least two years from delivery that what you buy is as it "
    "was described and agreed; your country may give you longer. If it is not, you may ask us to "
    "repair or to replace it free of charge, and where that does not help within a reasonable "
    "time, for a lower price or your money back. A guarantee that a maker or we give beside it "
    "takes none of this away."
)
# As pages count pixels: wide enough to be read, on a phone by opening it. A4 is 1.42 times as tall.
NOTICE_WIDTH, NOTICE_TALLEST = 420, 1.6


class Shown(NamedTuple):
    """A picture in the size in which pages show it."""

    url: str
    width: int
    height: int


class LegalGuarantee(TranslatedMixin):
    guarantee = models.TextField(
        _("words about the legal guarantee"),
        max_length=2000,
        blank=True,
        default="",
        db_default="",
        help_text=_("Shown before ordering. Empty: that it lasts two years, and what it gives."),
    )
    # The file of the official notice, and its size in pixels: `store.pictures.logo` writes them.
    notice = models.CharField(max_length=100, default="", db_default="", blank=True, editable=False)
    notice_width = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    notice_height = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def guarantee_words(self) -> str:
        """The shop's own words, or what Article 6(1)(l) of Directive 2011/83/EU wants said."""
        own: str = self.translated.guarantee
        return own if own.strip() else str(GUARANTEE)

    @property
    def shown_notice(self) -> Shown | None:
        """None: nobody has put the official picture in, and the words stand in its place."""
        if not self.notice:
            return None
        size = self.notice_width, self.notice_height
        width, height = fitting(*size, width=NOTICE_WIDTH, tallest=NOTICE_TALLEST)
        return Shown(default_storage.url(self.notice), width, height)
