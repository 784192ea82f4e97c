from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Address, User
from accounts.postal import IS_UNREAD

# Migrations know it by its first home.
from accounts.secrets import new_secret as new_secret
from money.columns import AmountColumn, CurrencyColumn
from money.rounding import rounded
from store.carriers import Carrier, tracking_link
from store.models.order_link import OrderLinkMixin
from store.models.order_queries import OrderQuerySet
from store.models.order_stage import IN_HAND, OrderStage, stage_of
from store.transitions import TransitionsMixin
from typed.languages import LanguageField, reverse_in

if TYPE_CHECKING:
    from store.models.order_line import OrderLine
    from store.models.profile import ShopProfile


# What the keys of those begin with that were sold at the counter: there was no bag.
AT_COUNTER = "till "


class Order(OrderLinkMixin, TransitionsMixin, Address):
    """Things somebody has bound themselves to buy, with everything as it was at that moment.

    State and payment are two things: what is paid at the shop is ready before it is paid.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        READY = "ready", _("ready for collection")
        SHIPPED = "shipped", _("shipped")
        COLLECTED = "collected", _("collected")
        CANCELLED = "cancelled", _("cancelled")

    class Transition(models.TextChoices):
        PAY = "pay", _("Mark paid")
        READY = "ready", _("Mark ready for collection")
        SHIP = "ship", _("Mark shipped")
        COLLECT = "collect", _("Mark collected")
        CANCEL = "cancel", _("Cancel the order")
        CONFIRM = "confirm", _("Confirm the order")
        # These follow from money and things: nobody presses a button for them.
        OWE = "owe", _("Ask for the money again")
        TAKE_BACK = "take_back", _("Take everything back")
        EMPTY = "empty", _("Everything came back")

    class Delivery(models.TextChoices):
        COLLECT = "collect", _("collection at the shop")
        SHIP = "ship", pgettext_lazy("way to get it", "shipping")

    class PaymentMethod(models.TextChoices):
        SHOP = "shop", _("At the shop")
        TRANSFER = "transfer", _("By bank transfer")
        CARD = "card", _("By card, online")

    class Ending(models.TextChoices):
        """Why it was cancelled."""

        UNPAID = "unpaid", _("it was not paid in time")
        UNCONFIRMED = "no_link", _("it was not confirmed in time")
        CUSTOMER = "customer", _("you have cancelled it")
        SHOP = "shop", _("the shop has cancelled it")
        CREDITED = "credited", _("the shop has taken its invoice back")
        RETURNED = "returned", _("everything has come back")

    # What has come back, as money, by a credit note or as things, may do so after every payment.
    CAME_BACK: ClassVar[list[Transition]] = [
        Transition.OWE,
        Transition.TAKE_BACK,
        Transition.EMPTY,
    ]
    # What may be done with it at each stage, in the order of its buttons.
    TRANSITIONS: ClassVar[dict[OrderStage, list[Transition]]] = {
        OrderStage.UNCONFIRMED: [Transition.CONFIRM, Transition.PAY, Transition.CANCEL],
        OrderStage.LAPSED: [Transition.CANCEL],
        OrderStage.PAY_BY_CARD: [Transition.PAY, Transition.CANCEL],
        OrderStage.TRANSFER: [Transition.PAY, Transition.CANCEL],
        OrderStage.RESERVED: [Transition.READY, Transition.PAY, Transition.CANCEL],
        OrderStage.PREPARING: [Transition.READY, Transition.COLLECT, *CAME_BACK],
        OrderStage.SENDING: [Transition.SHIP, *CAME_BACK],
        OrderStage.READY: [Transition.COLLECT, *CAME_BACK],
        OrderStage.READY_UNPAID: [Transition.PAY, Transition.CANCEL],
        OrderStage.SHIPPED: [Transition.TAKE_BACK, Transition.EMPTY],
        OrderStage.COLLECTED: [Transition.TAKE_BACK, Transition.EMPTY],
        OrderStage.OWED: [Transition.PAY, Transition.TAKE_BACK, Transition.EMPTY],
        OrderStage.TAKEN_BACK: [Transition.EMPTY],
        OrderStage.CANCELLED: [],
    }
    moved_on = _("That is not possible now: the order has moved on.")

    secret = models.CharField(max_length=32, unique=True, default=new_secret, editable=False)
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="orders",
        null=True,
        editable=False,
        verbose_name=_("customer"),
    )
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail address"))
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    note = models.TextField(_("message to the shop"), max_length=1000, blank=True)
    delivery = models.CharField(_("delivery"), max_length=10, choices=Delivery)
    payment_method = models.CharField(_("payment"), max_length=10, choices=PaymentMethod)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.OPEN, editable=False
    )
    tracking = models.CharField(_("tracking number"), max_length=100, blank=True)
    carrier = models.CharField(
        _("carrier"), max_length=10, choices=Carrier, blank=True, db_default="", default=""
    )
    staff_note = models.TextField(
        _("note of staff"), max_length=2000, blank=True, db_default="", default=""
    )
    # Between which it was placed; None where there were none, or before they were kept.
    terms = models.ForeignKey(
        "store.TermsVersion",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("terms of sale"),
    )
    placed_at = models.DateTimeField(_("placed"), db_default=Now(), editable=False)
    payment_due_at = models.DateTimeField(_("to be paid by"), editable=False, db_column="pay_by")
    paid_at = models.DateTimeField(_("paid"), null=True, editable=False)
    # Since when money of what was paid is missing again: it went back, and is owed once more.
    owed_since = models.DateTimeField(null=True, editable=False)
    # When the last of what it cost was taken back by credit note.
    taken_back_at = models.DateTimeField(null=True, editable=False)
    cancelled_because = models.CharField(
        _("cancelled, for"),
        max_length=10,
        choices=Ending,
        blank=True,
        db_default="",
        default="",
        editable=False,
    )
    # Which checkout of which bag this was: sending the same one again finds this order.
    bag_key = models.CharField(max_length=64, editable=False)
    checkout_number = models.PositiveIntegerField(editable=False, db_column="bag_round")
    # A keyed hash of the visitor's network; empty when staff or a program have placed it.
    placed_from = models.CharField(max_length=64, db_default="", default="", editable=False)

    # Placed on a promise by whoever may not own the address. Until somebody follows the link in the
    # `confirmation`, its things are held for it; see `store.unconfirmed`.
    is_unconfirmed = models.BooleanField(default=False, db_default=False, editable=False)
    confirmation = models.ForeignKey(
        "mail.Mail", on_delete=models.SET_NULL, related_name="+", null=True, editable=False
    )
    # When it ends; unknown while that mail has not left.
    confirm_by = models.DateTimeField(_("to be confirmed by"), null=True, editable=False)
    # When that link was followed: this address is somebody's who wants to buy.
    reached_at = models.DateTimeField(null=True, editable=False)

    # When somebody who may not pay money back has given it its address: what is mailed there proves
    # nothing that money goes back for.
    email_doubted_at = models.DateTimeField(null=True, editable=False)

    # A business has no right to withdraw: Article 2(1) of Directive 2011/83/EU.
    for_business = models.BooleanField(
        _("I buy for my business or profession"), default=False, db_default=False
    )
    # When the customer was told of the right to withdraw, on a page and by mail.
    withdrawal_told_at = models.DateTimeField(null=True, editable=False)

    # In which its customer reads its pages, mails and papers.
    language = LanguageField()
    currency = CurrencyColumn()
    # Given by staff on the things, not on shipping; `invoices` bills it, see `orders.discounts`.
    discount = AmountColumn(
        _("discount"), default=Decimal(0), db_default=Decimal(0), editable=False
    )
    discount_reason = models.CharField(
        _("reason of the discount"), max_length=100, blank=True, db_default="", editable=False
    )
    # What of the prices is not charged, for an export without VAT: `documents.drafts` reckons it.
    tax_off = AmountColumn(
        _("VAT taken off"), default=Decimal(0), db_default=Decimal(0), editable=False
    )
    export_note = models.CharField(
        _("why it is without VAT"), max_length=300, blank=True, db_default="", editable=False
    )
    # It goes where the table of rates does not reach: its invoice waits until staff have decided.
    tax_undecided = models.BooleanField(default=False, db_default=False, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["id"], name="order_in_hand", condition=Q(state__in=IN_HAND)),
            models.Index(fields=["id"], name="order_country_unread", condition=IS_UNREAD),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["bag_key", "checkout_number"], name="one_order_per_checkout"
            ),
            models.CheckConstraint(
                name="order_cancelled_is_unpaid",
                condition=~Q(state="cancelled") | Q(paid_at=None),
            ),
        ]

    @property
    def is_counter_sale(self) -> bool:
        """Whether it was sold at the counter: the law of distance contracts is not about it."""
        return self.bag_key.startswith(AT_COUNTER)

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse_in(self.language, "store:order", self.link)

    @property
    def reference(self) -> str:
        """What people say on the phone and write on a transfer."""
        return f"R{self.pk:05}" if self.pk else str(_("New order"))

    @property
    def stage(self) -> OrderStage:
        """What comes next for it; in queries, `at_stage`."""
        return stage_of(self)

    @property
    def tracking_link(self) -> str:
        return tracking_link(self.carrier, self.tracking)

    @property
    def version(self) -> str:
        """Changes with everything that was done with it; staff act on the one they saw."""
        last = self.events.order_by("pk").values_list("pk", flat=True).last()
        return f"{self.state}/{last}"

    @property
    def is_to_be_collected(self) -> bool:
        over = {self.State.COLLECTED, self.State.CANCELLED}
        return self.delivery == self.Delivery.COLLECT and self.state not in over

    @property
    def lines_that_count(self) -> "list[OrderLine]":
        """Without what was taken off before it was billed."""
        return [line for line in self.lines.all() if line.dropped_at is None]

    @property
    def goods_total(self) -> Decimal:
        prices = (rounded(line.price, self.currency) for line in self.lines_that_count)
        return sum(prices, Decimal(0))

    @property
    def shipping_total(self) -> Decimal:
        prices = (rounded(line.shipping, self.currency) for line in self.lines_that_count)
        return sum(prices, Decimal(0))

    @property
    def discount_below_zero(self) -> Decimal:
        """As it stands among the lines, which add up to the total."""
        return -self.discount

    @property
    def with_tax(self) -> Decimal:
        """What it would cost at home."""
        return self.goods_total + self.shipping_total - self.discount

    @property
    def tax_below_zero(self) -> Decimal:
        """What an export takes off, as it stands among the lines."""
        return -self.tax_off

    @property
    def total(self) -> Decimal:
        return self.with_tax - self.tax_off

    standing = stage

    @property
    def allowed_transitions(self) -> list[Transition]:
        """What may be done with it by hand now; what else raises in `store.services`."""
        return [each for each in self.TRANSITIONS[self.stage] if each not in self.CAME_BACK]

    def other_methods(self, shop: "ShopProfile") -> list[PaymentMethod]:
        """How else than by card it may be paid: what is sent is paid first, not at the shop."""
        method, is_sent = self.PaymentMethod, self.delivery == self.Delivery.SHIP
        by_transfer = [method.TRANSFER] if shop.takes_transfers else []
        return by_transfer if is_sent else [*by_transfer, method.SHOP]

    def record_event(self, transition: Transition, actor: User | None, note: str = "") -> None:
        self.events.create(transition=transition, actor=actor, note=note[:200])

    def record_change(self, kind: str, actor: User | None, note: str = "") -> None:
        """Write into its history what is no transition; `kind` is an `OrderEvent.Kind`."""
        self.events.create(kind=kind, actor=actor, detail=note)
