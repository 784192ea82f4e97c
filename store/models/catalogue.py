from datetime import UTC, datetime
from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, Exists, Min, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, Coalesce, JSONObject, Now
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from money.columns import PriceColumn
from store.models.bin import BinMixin
from store.models.category import Category
from store.models.item_image import ItemImage
from store.models.legal_nature import LegalNatureMixin
from store.models.past_address import RenamedMixin
from store.models.past_price import ReductionMixin
from store.models.piece import (
    ORDER_PREFIX,
    STAFF_RESERVED,
    WAITLIST_PREFIX,
    Piece,
    PieceQuerySet,
)
from store.models.safety import WITH_SAFETY, SafetyMixin
from store.models.shipping import ShippingMixin
from store.models.watched import UNWATCHED, WITH_PAPERS, SentTo, WatchedMixin, names_unanswered
from store.models.withdrawal_rights import WithdrawalException
from store.search import matching
from store.search.indexing import WRITTEN_BY
from typed.translated import TranslatedMixin

# What a list has to know of a picture.
ITEM_PICTURE = ("image", "alt_text", "is_described", "width", "height", "renditions")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def ends_of_items(pieces: PieceQuerySet) -> Any:
    """One row for each item of which a piece is on sale: `item` and `ends`."""
    first = Min(Coalesce("held_until", LONG_AGO))
    ends = JSONObject(
        first=first,
        staff=Min("held_until", filter=Q(held_by=STAFF_RESERVED)),
        waitlist=Min("held_until", filter=Q(held_by__startswith=WAITLIST_PREFIX)),
        order=Min("held_until", filter=Q(held_by__startswith=ORDER_PREFIX)),
    )
    text: TextField[str, str] = TextField()
    held = When(first__gt=Now(), then=Cast(ends, text))
    return (
        pieces.on_sale()
        .order_by()
        .values("item")
        .annotate(first=first)
        .annotate(ends=Case(held, default=Value(""), output_field=text))
    )


class ItemQuerySet(models.QuerySet["Item"]):
    def published(self) -> Self:
        return self.filter(published=True)

    def listed(self) -> Self:
        """Items for the lists: published, with a piece that is available or in a bag."""
        return self.published().filter(Exists(Piece.objects.on_sale().filter(item=OuterRef("pk"))))

    def available(self) -> Self:
        """Published items of which anybody may take a piece now."""
        return self.published().filter(
            Exists(Piece.objects.available().filter(item=OuterRef("pk")))
        )

    def locked(self) -> Self:
        """Lock the rows in the one order in which checkouts lock them, so that none deadlock."""
        return self.select_for_update(no_key=True).order_by("pk")

    def search(self, words: str) -> Self:
        """Items in which all the words occur; the last word may be only begun."""
        found: Self = matching(self, words)
        return found

    def with_availability(self) -> Self:
        """Annotate `ends`: how far holds keep an item from others, by the database's clock.

        None when no piece is on sale, "" when one is available, which most are, else a JSON
        object: the `first` end of all holds, and of what `staff`, the `waitlist` and an `order`
        hold. `store.availability` reads it.
        """
        pieces = Piece.objects.filter(item=OuterRef("pk"))
        return self.annotate(ends=Subquery(ends_of_items(pieces).values("ends")))

    def to_be_described(self) -> Self:
        """Items with pictures of which nobody has said yet what is seen."""
        images = ItemImage.objects.filter(item=OuterRef("pk"), is_described=False)
        return self.filter(Exists(images))

    def lacking_answer(self) -> Self:
        """On offer since before the question of watched materials, which their texts name."""
        return self.listed().filter(names_unanswered())

    def lacking_maker(self) -> Self:
        """On offer without the addresses of the maker, which the law wants with such things."""
        return self.listed().filter(nature__in=WITH_SAFETY, maker_contact="")

    def with_picture(self) -> Self:
        """Annotate `picture`: the primary image's fields as a dict, None without images."""
        others = KeyTransform("alt_text", "translations")
        fields = JSONObject(**{name: name for name in ITEM_PICTURE}, others=others)
        images = ItemImage.objects.filter(item=OuterRef("pk")).values(fields=fields)
        return self.annotate(picture=Subquery(images[:1]))

    def with_titles(self) -> Self:
        """Annotate `titles` and `periods`, which are in the further languages."""
        titles, periods = (KeyTransform(field, "translations") for field in ("title", "period"))
        return self.annotate(titles=titles, periods=periods)

    def with_neighbours(self) -> Self:
        """Annotate `newer_slug` and `older_slug` of the listed items beside it in its category."""
        beside = Item.objects.listed().filter(category=OuterRef("category")).values("slug")
        return self.annotate(
            newer_slug=Subquery(beside.filter(pk__gt=OuterRef("pk")).order_by("pk")[:1]),
            older_slug=Subquery(beside.filter(pk__lt=OuterRef("pk")).order_by("-pk")[:1]),
        )


ItemManager = models.Manager.from_queryset(ItemQuerySet)


class InShopManager(ItemManager):
    """Things that nobody has deleted: what is in the bin is found by `Item.with_bin` alone."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(binned_at=None)


class Item(
    TranslatedMixin,
    BinMixin,
    RenamedMixin,
    LegalNatureMixin,
    WatchedMixin,
    SafetyMixin,
    ReductionMixin,
    ShippingMixin,
):
    """What is for sale, as the shopper sees it. The physical things are its pieces."""

    TRANSLATED = ("title", "period", "materials", "description", "safety_warnings")

    class Condition(models.TextChoices):
        MINT = "mint", _("mint")
        GOOD = "good", _("good")
        WORN = "worn", _("worn")
        FOR_RESTORATION = "for_restoration", _("for restoration")

    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="items", verbose_name=_("category")
    )
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("page address"), max_length=220, unique=True)
    maker = models.CharField(_("maker"), max_length=200, blank=True)
    period = models.CharField(_("period"), max_length=100, blank=True)
    materials = models.CharField(_("materials"), max_length=300, blank=True)
    condition = models.CharField(_("condition"), max_length=20, choices=Condition)
    height_cm = models.DecimalField(
        _("height (cm)"), max_digits=7, decimal_places=1, null=True, blank=True
    )
    width_cm = models.DecimalField(
        _("width (cm)"), max_digits=7, decimal_places=1, null=True, blank=True
    )
    depth_cm = models.DecimalField(
        _("depth (cm)"), max_digits=7, decimal_places=1, null=True, blank=True
    )
    description = models.TextField(_("description"), blank=True)
    price = PriceColumn(_("price"), validators=[MinValueValidator(0)])
    shipping = PriceColumn(
        _("shipping"),
        max_digits=9,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_(
            "For one piece, within our country. 0 is free of charge. Empty: by the size for "
            "shipping; without one, it is for collection only."
        ),
    )
    withdrawal_exception = models.CharField(
        _("right to withdraw"),
        max_length=10,
        choices=WithdrawalException,
        blank=True,
        default="",
        db_default="",
        help_text=_("Customers read it before they order. Empty: fourteen days, as usual."),
    )
    published = models.BooleanField(_("published"), default=True)
    created_at = models.DateTimeField(_("in the shop since"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)
    import_ref = models.CharField(
        _("imported as"), max_length=300, unique=True, null=True, blank=True, editable=False
    )
    search_text = models.TextField(editable=False, default="")

    # The first is Django's own choice: whether an address is taken depends on the bin, too.
    with_bin = ItemManager()
    objects = InShopManager()

    # Annotated by the queryset's methods.
    ends: str | None
    picture: dict[str, Any] | None
    titles: dict[str, str] | None
    periods: dict[str, str] | None

    class Meta:
        verbose_name = _("thing")
        verbose_name_plural = _("things")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="item_price_not_negative", condition=Q(price__gte=0)),
            models.CheckConstraint(
                name="item_shipping_not_negative",
                condition=Q(shipping__isnull=True) | Q(shipping__gte=0),
            ),
            models.CheckConstraint(
                name="item_watched_has_papers",
                condition=Q(published=False) | Q(watched_material__in=UNWATCHED) | WITH_PAPERS,
            ),
            models.CheckConstraint(
                name="item_sent_nowhere_is_collected",
                condition=~Q(sent_to=SentTo.NOWHERE) | Q(shipping__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["category", "-id"], name="item_newest_of_category"),
            models.Index(fields=["price", "id"], name="item_by_price"),
            models.Index(
                fields=["id"],
                name="item_search_outdated",
                condition=~Q(search_text__endswith=WRITTEN_BY),
            ),
            models.Index(
                fields=["bin_until"], name="item_in_bin", condition=Q(binned_at__isnull=False)
            ),
            models.Index(
                fields=["binned_by"],
                name="item_binned_by",
                condition=Q(binned_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("store:item", args=[self.slug])

    @property
    def collection_only(self) -> bool:
        """Without zones; where a thing goes with them, `store.shipping` says."""
        return self.shipping is None

    @property
    def size(self) -> str:
        """Height, width and depth in cm, as far as known; empty when unknown."""
        named = [(_("H"), self.height_cm), (_("W"), self.width_cm), (_("D"), self.depth_cm)]
        known = [f"{letter} {number_format(cm.normalize())}" for letter, cm in named if cm]
        return f"{' × '.join(known)} cm" if known else ""


class BinnedItem(Item):
    """A thing in the bin, as the list of the admin has them."""

    class Meta:
        proxy = True
        verbose_name = _("thing in the bin")
        verbose_name_plural = _("things in the bin")
        default_permissions = ()
