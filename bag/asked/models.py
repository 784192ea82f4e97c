"""What customers ask about sending a thing, and what staff have answered."""

from datetime import timedelta
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.secrets import new_secret
from money.columns import PriceColumn
from store.models import Item, Order, Piece, ShopProfile
from store.taxes.lines import tax_off
from typed.countries import country_name
from typed.languages import LanguageField, reverse_in

# SQLite keeps times as text, some with more digits than others: equal ones may differ in it.
SAME = timedelta(milliseconds=1)
# The piece is held for the one who asks, in a bag or not: it is the very hold of the answer.
IS_HELD = Q(
    piece__held_since__gt=F("held_since") - SAME,
    piece__held_since__lt=F("held_since") + SAME,
    piece__held_until__gt=Now(),
    piece__order=None,
    piece__sold_at=None,
)
# An order that was cancelled may have given it back to the bag.
IS_ORDERED = Q(order__isnull=False) & ~Q(order__state=Order.State.CANCELLED)


class ShippingRequestQuerySet(models.QuerySet["ShippingRequest"]):
    def unanswered(self) -> Self:
        return self.filter(answered_at=None, ended_at=None)

    def offered(self) -> Self:
        """Answered with a price that is good now, by the database's clock."""
        return self.filter(IS_HELD, price__isnull=False, ended_at=None)

    def in_bag(self, bag_key: str) -> Self:
        """Whose piece is in this bag."""
        return self.offered().filter(piece__held_by=bag_key)

    def with_state(self) -> Self:
        """Annotate `state`, by the database's clock."""
        state = ShippingRequest.State
        offered = ShippingRequest.objects.offered().values("pk")
        return self.annotate(
            state=Case(
                When(IS_ORDERED, then=Value(state.ORDERED)),
                When(ended_at__isnull=False, then=Value(state.ENDED)),
                When(answered_at=None, then=Value(state.ASKED)),
                When(price=None, then=Value(state.DECLINED)),
                When(pk__in=offered, then=Value(state.OFFERED)),
                default=Value(state.OVER),
                output_field=models.CharField(),
            )
        )


class ShippingRequest(models.Model):
    """Whoever has its secret address reads it, and has what it offers. A second click finds it by
    its key.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("to be answered")
        OFFERED = "offered", _("reserved")
        ORDERED = "ordered", _("ordered")
        DECLINED = "declined", _("declined")
        ENDED = "ended", _("not wanted any more")
        OVER = "over", _("its time is over")

    secret = models.CharField(max_length=32, unique=True, default=new_secret, editable=False)
    idempotency_key = models.CharField(max_length=32, unique=True, default=new_secret)
    item = models.ForeignKey(Item, models.CASCADE, related_name="+", verbose_name=_("the thing"))
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("customer"),
    )
    email = models.EmailField(_("e-mail address"), max_length=254)
    country_code = models.CharField(_("country"), max_length=2)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("town"), max_length=100)
    note = models.TextField(_("message to the shop"), max_length=1000, blank=True)
    site = models.CharField(max_length=300)
    language = LanguageField()
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    answer = models.TextField(_("answer"), blank=True)
    # For this piece, to this country; None: it is declined.
    price = PriceColumn(_("price of shipping"), max_digits=9, null=True, blank=True)
    # Said by staff with the price: the thing goes there as an export, and VAT is taken off.
    is_export = models.BooleanField(_("export, without VAT"), default=False, db_default=False)
    until = models.DateTimeField(_("reserved until"), null=True, blank=True)
    piece = models.ForeignKey(Piece, models.SET_NULL, null=True, blank=True, related_name="+")
    # When the hold began that is the answer's: a later one of the piece is somebody else's.
    held_since = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    # When whoever asked wanted it no more.
    ended_at = models.DateTimeField(null=True, blank=True)
    order = models.ForeignKey(Order, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ShippingRequestQuerySet.as_manager()

    # Annotated by with_state().
    state: str

    class Meta:
        verbose_name = _("shipping on request")
        verbose_name_plural = _("shipping on request")
        ordering = ["-asked_at"]
        indexes = [
            models.Index(
                "asked_at",
                condition=Q(answered_at=None, ended_at=None),
                name="shipping_request_unanswered",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.country_name}"

    def get_absolute_url(self) -> str:
        return reverse_in(self.language, "bag:shipping-request", self.secret)

    @property
    def country_name(self) -> str:
        return country_name(self.country_code)

    @property
    def total(self) -> Decimal:
        """What the thing and sending it come to, less the VAT of an export; as it is now."""
        price = self.price or Decimal(0)
        shop = ShopProfile.get_solo()
        off = tax_off(self.item, 1, price, shop) if self.is_export else Decimal(0)
        return self.item.price + price - off

    @property
    def place(self) -> str:
        return f"{self.postcode} {self.city}".strip()
