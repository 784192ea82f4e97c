"""Materials that the law watches: of endangered species, sold with papers only, if at all.

Regulation (EC) No 338/97 (CITES in the EU), Articles 8 and 10: what is of a species in Annex A
needs a certificate for each sale, and its movement may be bound.
"""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.db.models.lookups import IRegex
from django.utils.translation import gettext_lazy as _


class WatchedMaterial(models.TextChoices):
    """The answer to whether there is one in a thing; "" is what nobody has answered."""

    NONE = "none", _("none of these")
    IVORY = "ivory", _("ivory")
    TORTOISESHELL = "tortoise", _("tortoiseshell")
    ROSEWOOD = "rosewood", _("rosewood")
    OTHER = "other", _("another that needs papers")


class SentTo(models.TextChoices):
    """Where a thing with such a material may be sent; "" is what nobody has said."""

    NOWHERE = "nowhere", _("nowhere: it is collected")
    COUNTRY = "country", _("within our country")
    EU = "eu", _("within the EU")
    WORLD = "world", _("everywhere")


UNWATCHED = ["", WatchedMaterial.NONE]
# In the languages of the files that come in: a thing whose texts name one is asked about.
NAMES = (
    "ivory|elfenbein|ivoire|avorio|marfil|ivoor|tortoise[ -]?shell|schildpatt|écaille"
    "|tartaruga|carey|schildpad|rosewood|palisander|palissandre|palissandro|palisandro|dalbergia"
)
TEXTS = ("title", "materials", "description")
WITH_PAPERS = ~Q(certificate="") & ~Q(sent_to="")


def names_unanswered() -> Q:
    """Of things whose texts name such a material, and of which nobody has said whether it is so."""
    # To begin a search costs more than the texts are long: they are looked through as one.
    lines = [part for text in TEXTS for part in (Value("\n"), F(text))]
    texts = Concat(*lines, output_field=models.TextField())
    # As the expressions of every database can say that a word begins.
    return Q(IRegex(texts, rf"\W({NAMES})"), watched_material="")


class WatchedMixin(models.Model):
    WatchedMaterial = WatchedMaterial
    SentTo = SentTo

    watched_material = models.CharField(
        _("ivory, tortoiseshell or rosewood in it"),
        max_length=10,
        choices=WatchedMaterial,
        blank=True,
        default="",
        db_default="",
        help_text=_("The law watches them: what has any is not published without its papers."),
    )
    certificate = models.CharField(
        _("number of its certificate"), max_length=100, blank=True, default="", db_default=""
    )
    sent_to = models.CharField(
        _("may be sent"), max_length=10, choices=SentTo, blank=True, default="", db_default=""
    )

    class Meta:
        abstract = True

    @property
    def is_watched(self) -> bool:
        return self.watched_material not in UNWATCHED
