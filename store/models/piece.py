from datetime import datetime, time, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from money.columns import AmountColumn, CurrencyColumn
from store.models.legal_nature import NO_MARGIN, PurchaseTax, TaxScheme

# What a piece without a hold has in the columns of one.
NO_HOLD: dict[str, Any] = {
    "held_by": None,
    "held_for": None,
    "held_since": None,
    "held_until": None,
    "renewals": 0,
}
# What `held_by` is, or begins with, when it is no bag's key: reserved by staff, offered to
# somebody on the waiting list, or in an order that nobody has confirmed. The values are stored.
WAITLIST_PREFIX = "line "
STAFF_RESERVED = "reserved"
ORDER_PREFIX = "order "


class PieceQuerySet(models.QuerySet["Piece"]):
    def available(self) -> Self:
        """Pieces that anybody may take now, by the database's clock."""
        unheld = Q(held_by=None) | Q(held_until__lte=Now())
        return self.on_sale().filter(unheld)

    def on_sale(self) -> Self:
        """Pieces that are available or will be when their hold ends."""
        return self.filter(order=None, sold_at=None, withdrawn_at=None)

    def held(self) -> Self:
        """Pieces in somebody's bag, by the database's clock."""
        return self.on_sale().filter(held_until__gt=Now())

    def reserved(self) -> Self:
        return self.filter(held_by=STAFF_RESERVED)

    def unreserved(self) -> Self:
        return self.exclude(held_by=STAFF_RESERVED)

    def ending_today(self) -> Self:
        """Whose hold ends before the day does, where the shop is."""
        midnight = datetime.combine(timezone.localdate() + timedelta(days=1), time.min)
        return self.filter(held_until__lt=timezone.make_aware(midnight))

    def held_by_people(self) -> Self:
        """Held pieces, but for those in orders that wait to be confirmed, which end as these."""
        return self.held().exclude(held_by__startswith=ORDER_PREFIX)

    def held_by(self, bag_key: str) -> Self:
        """Pieces that are truly in this bag now."""
        return self.held().filter(held_by=bag_key)

    def available_to(self, bag_key: str) -> Self:
        """Pieces that this bag may order: its own and the available ones, its own first."""
        mine = Q(held_by=bag_key)
        unheld = Q(held_by=None) | Q(held_until__lte=Now())
        own_first = Case(When(mine, then=Value(0)), default=Value(1))
        return self.on_sale().filter(mine | unheld).order_by(own_first, "pk")

    def locked(self) -> Self:
        """Lock the rows in one fixed order, so that two who want the same never deadlock."""
        return self.select_for_update().order_by("item_id", "pk")

    def lock(self) -> Self:
        """Lock the rows, and decide once which they are: a hold that ends next has not yet."""
        locked = list(self.locked().values_list("pk", flat=True))
        return type(self)(self.model).filter(pk__in=locked)

    def lapsed(self) -> Self:
        """Pieces whose hold has run out but is still written down."""
        return self.filter(held_until__lte=Now())

    def in_use(self) -> Self:
        """Pieces that are held, or were ever ordered, sold or lent: the stock book needs them."""
        ordered = Q(order__isnull=False) | Q(order_lines__isnull=False)
        used = Q(held_until__gt=Now()) | Q(sold_at__isnull=False) | Q(loans__isnull=False) | ordered
        return self.filter(used).distinct()

    def promised(self) -> Self:
        """Pieces that somebody counts on: held, reserved, offered, lent, or ordered, not paid."""
        ordered = Q(order__isnull=False, sold_at=None)
        lent = Q(pk__in=Piece.objects.lent().values("pk"))
        return self.filter(Q(held_until__gt=Now()) | ordered | lent)

    def lent(self) -> Self:
        """Loan items that somebody has at home."""
        return self.filter(loans__isnull=False, loans__returned_at=None)

    def lacking_price(self) -> Self:
        """Pieces of the margin scheme whose tax nobody can reckon: what they cost is not known.

        Those that are sold, or may be now.
        """
        items: Any = self.model._meta.get_field("item").related_model
        by_margin = items.objects.filter(pk=OuterRef("item"), tax_scheme=TaxScheme.MARGIN)
        # Looked up for each of these few pieces: joined, all the things there are would be read.
        lacking = self.filter(purchase_price=None).alias(
            margin_published=Subquery(by_margin.values("published")[:1])
        )
        sold = Q(sold_at__isnull=False, margin_published__isnull=False)
        return lacking.filter(sold | Q(withdrawn_at=None, margin_published=True))

    def not_by_margin(self) -> Self:
        """Pieces on sale that were bought in a way that forbids the margin scheme."""
        return self.on_sale().filter(purchase_tax__in=NO_MARGIN)

    def with_state(self) -> Self:
        """Annotate `state`, a `Piece.State`, by the database's clock; see `state_at`."""
        return self.annotate(
            state=Case(
                When(sold_at__isnull=False, then=Value(Piece.State.SOLD)),
                When(order__isnull=False, then=Value(Piece.State.ORDERED)),
                When(withdrawn_at__isnull=False, then=Value(Piece.State.WITHDRAWN)),
                When(held_until__gt=Now(), then=Value(Piece.State.HELD)),
                default=Value(Piece.State.AVAILABLE),
            )
        )

    def with_lent(self) -> Self:
        """Annotate `is_lent`."""
        return self.annotate(is_lent=Exists(Piece.objects.lent().filter(pk=OuterRef("pk"))))

    def with_time_left(self) -> Self:
        """Annotate `time_left` of held pieces, by the database's clock."""
        return self.annotate(time_left=F("held_until") - Now())


class Piece(models.Model):
    """One physical thing. Five guitar straps are one item and five pieces.

    Hold and fate are changed by services only: `bag.services` holds, `store.services`
    sells and withdraws, `invoices.orders.placing` orders.
    """

    class State(models.TextChoices):
        # `store.availability` says more about what is held.
        AVAILABLE = "available", _("available")
        HELD = "held", _("held")
        ORDERED = "ordered", _("reserved")
        SOLD = "sold", _("sold")
        WITHDRAWN = "withdrawn", _("no longer for sale")

    class Holder(models.TextChoices):
        """Who has a piece that is held."""

        BAG = "bag", _("somebody’s bag")
        STAFF = "staff", _("staff")
        WAITLIST = "waitlist", _("the next in line")
        ORDER = "order", _("an order that waits to be confirmed")

    item = models.ForeignKey(
        "store.Item", on_delete=models.PROTECT, related_name="pieces", verbose_name=_("thing")
    )
    stock_number = models.CharField(_("stock number"), max_length=100, unique=True)
    serial_number = models.CharField(_("serial number"), max_length=100, blank=True)
    purchase_price = AmountColumn(_("bought for"), null=True, blank=True)
    purchase_currency = CurrencyColumn()
    purchased_on = models.DateField(_("bought on"), null=True, blank=True)
    purchased_from = models.TextField(_("bought from"), blank=True)
    purchase_tax = models.CharField(
        _("tax when it was bought"),
        max_length=10,
        choices=PurchaseTax,
        blank=True,
        default="",
        db_default="",
    )

    # The key of a bag, or what is said above.
    held_by = models.CharField(_("held by bag"), max_length=64, null=True, editable=False)  # noqa: DJ001
    held_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="held_pieces",
        null=True,
        editable=False,
        db_index=False,
        verbose_name=_("held for"),
    )
    held_since = models.DateTimeField(_("held since"), null=True, editable=False)
    held_until = models.DateTimeField(_("held until"), null=True, editable=False)
    renewals = models.PositiveSmallIntegerField(_("renewed"), db_default=0, editable=False)

    order = models.ForeignKey(
        "store.Order",
        on_delete=models.PROTECT,
        related_name="pieces",
        null=True,
        editable=False,
        verbose_name=_("order"),
    )
    sold_at = models.DateTimeField(_("sold at"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)

    # Since when it is lent to whoever waits for a repair, and never for sale.
    for_loan_since = models.DateTimeField(_("loan item since"), null=True, editable=False)

    objects = PieceQuerySet.as_manager()

    state: str  # annotated by with_state(), or set by store.stock.stock_of()
    is_lent = False  # annotated by with_lent()
    time_left: timedelta  # of held pieces; annotated by with_time_left(), or set likewise

    class Meta:
        verbose_name = _("piece")
        verbose_name_plural = _("pieces")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="piece_hold_is_whole_or_absent",
                condition=Q(held_by=None, held_since=None, held_until=None)
                | Q(held_by__isnull=False, held_since__isnull=False, held_until__isnull=False),
            ),
            models.CheckConstraint(
                name="piece_ordered_or_sold_is_not_held",
                condition=Q(held_by=None) | Q(order=None, sold_at=None, withdrawn_at=None),
            ),
            models.CheckConstraint(
                name="piece_for_loan_is_not_for_sale",
                condition=Q(for_loan_since=None) | Q(withdrawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="piece_withdrawn_is_not_ordered_or_sold",
                condition=Q(withdrawn_at=None) | Q(order=None, sold_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["item"],
                name="piece_on_sale",
                condition=Q(order=None, sold_at=None, withdrawn_at=None),
            ),
            models.Index(
                fields=["held_by"], name="piece_held_by", condition=Q(held_by__isnull=False)
            ),
            models.Index(
                fields=["held_for"], name="piece_held_for", condition=Q(held_for__isnull=False)
            ),
            models.Index(
                fields=["held_until"],
                name="piece_held_until",
                condition=Q(held_until__isnull=False),
            ),
            # Staff are told of those that lack it.
            models.Index(
                fields=["item"], name="piece_without_price", condition=Q(purchase_price=None)
            ),
        ]

    def __str__(self) -> str:
        return self.stock_number

    def state_at(self, now: datetime) -> State:
        """The same as `PieceQuerySet.with_state()` annotates, told from the row alone."""
        if self.sold_at:
            return self.State.SOLD
        if self.order_id:
            return self.State.ORDERED
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        held = self.held_until and self.held_until > now
        return self.State.HELD if held else self.State.AVAILABLE

    @property
    def holder(self) -> str:
        if self.is_reserved:
            return self.Holder.STAFF
        if self.is_in_order:
            return self.Holder.ORDER
        return self.Holder.WAITLIST if self.is_offered else self.Holder.BAG

    @property
    def is_reserved(self) -> bool:
        return self.held_by == STAFF_RESERVED

    @property
    def is_offered(self) -> bool:
        """Whether it is held for the next in line."""
        return (self.held_by or "").startswith(WAITLIST_PREFIX)

    @property
    def is_in_order(self) -> bool:
        """Whether it is held for an order that nobody has confirmed."""
        return (self.held_by or "").startswith(ORDER_PREFIX)
