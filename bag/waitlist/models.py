"""Who waits for what somebody else holds, and which addresses want no mails about that."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat, Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.secrets import new_secret
from bag.pseudonyms import hashed
from mail.telling import gets_mail
from store.models import WAITLIST_PREFIX, Item, Piece, PieceEvent
from typed.languages import LanguageField, reverse_in

TOKEN_LENGTH = 32
# Of an entry: the key of a hold that is offered to it, and whether there is one now.
HOLD_KEY = Concat(Value(WAITLIST_PREFIX), F("secret"))
IS_HELD = Q(piece__held_by=HOLD_KEY, piece__held_until__gt=Now())
DAY = timedelta(days=1)


class WaitlistQuerySet(models.QuerySet["WaitlistEntry"]):
    def waiting(self) -> Self:
        return self.filter(state=WaitlistEntry.State.WAITING)

    def offered(self) -> Self:
        """Entries whose turn it is: a piece is held for them now, by the database's clock."""
        return self.filter(IS_HELD, state=WaitlistEntry.State.OFFERED)

    def expired(self) -> Self:
        """Entries whose turn has gone by without being taken, but that do not say so yet."""
        offered = WaitlistEntry.objects.offered().values("pk")
        return self.filter(state=WaitlistEntry.State.OFFERED).exclude(pk__in=offered)

    def open(self) -> Self:
        """Entries that still lead somewhere."""
        offered = WaitlistEntry.objects.offered().values("pk")
        return self.filter(Q(state=WaitlistEntry.State.WAITING) | Q(pk__in=offered))

    def to_notify(self) -> Self:
        """Entries of whose turn, or of whose end, no mail tells yet. A day later is too late."""
        news = Q(state=WaitlistEntry.State.SOLD) | Q(
            pk__in=WaitlistEntry.objects.offered().values("pk")
        )
        return self.filter(news, notified_at=None, changed_at__gt=Now() - DAY)

    def ended(self) -> Self:
        return self.exclude(state__in=[WaitlistEntry.State.WAITING, WaitlistEntry.State.OFFERED])

    def count_by_item(self) -> Coalesce:
        """How many of these there are for the item that a query of many items is about."""
        count = self.order_by().values("item").annotate(count=Count("pk")).values("count")
        return Coalesce(Subquery(count), 0)

    def with_current_state(self) -> Self:
        """Annotate `current_state` by the database's clock, and `position`: how many wait
        until it is this one's turn, this one included.
        """
        state = WaitlistEntry.State
        true = ~Q(state=state.OFFERED) | IS_HELD
        ahead = WaitlistEntry.objects.waiting().filter(
            item=OuterRef("item"), pk__lte=OuterRef("pk")
        )
        return self.annotate(
            current_state=Case(When(true, then="state"), default=Value(state.EXPIRED)),
            position=ahead.count_by_item(),
        )

    def recent(self) -> Self:
        """Entries that go on or have changed within a day."""
        going_on = Q(state__in=[WaitlistEntry.State.WAITING, WaitlistEntry.State.OFFERED])
        return self.filter(going_on | Q(changed_at__gt=Now() - DAY))

    def with_end(self) -> Self:
        """Annotate when a turn `went_by_at`, and whether the item `is_available` or `on_sale` now.

        The hold tells its end until it is tidied, from then on the history of the piece.
        """
        over = [PieceEvent.Kind.LAPSED, PieceEvent.Kind.RELEASED]
        events = PieceEvent.objects.filter(piece=OuterRef("piece"), kind__in=over)
        known = Case(When(state=WaitlistEntry.State.EXPIRED, then="changed_at"), default=Now())
        ends = events.filter(at__lte=OuterRef("known")).order_by("-pk")
        untidied = Case(When(piece__held_by=HOLD_KEY, then="piece__held_until"))
        pieces = Piece.objects.filter(item=OuterRef("item"))
        return self.annotate(
            known=known,
            went_by_at=Coalesce(untidied, Subquery(ends.values("at")[:1]), "changed_at"),
            is_available=Exists(pieces.available()),
            on_sale=Exists(pieces.on_sale()),
        )

    def of_address(self, email: str) -> Self:
        """Entries about which this address is written to: an account's follow its address."""
        return self.filter(Q(customer__email=email) | Q(email=email, customer=None))

    def of_visitor(self, *, bag_key: str | None, customer: User | None) -> Self:
        """The entries of one visitor: those of an account, and a guest's joined with this bag.

        A bag's key may outlive a log-out, so that it shows no customer's entries.
        """
        mine = Q(pk=None)
        if bag_key:
            mine |= Q(bag_key=bag_key, customer=None)
        if customer:
            mine |= Q(customer=customer)
        return self.filter(mine)


class WaitlistEntry(models.Model):
    """Somebody who wants to be next when an item that others hold is available again.

    An entry is a visitor's: an account's, or a guest's in one browser. Its address gives
    nobody a right to it, for whoever typed that may not own it, and nobody has checked
    the one of an account.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        OFFERED = "offered", _("held for them")
        # The values of these two are older than their names, and stored.
        ACCEPTED = "took", _("took it")
        EXPIRED = "missed", _("let it go by")
        LEFT = "left", _("left the line")
        SOLD = "sold", _("sold to somebody else")

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="waitlist_entries")
    # As it was on joining; see `address`.
    email = models.EmailField(_("e-mail address"), db_index=True)
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", null=True
    )
    bag_key = models.CharField(max_length=64, blank=True, db_index=True)
    # A keyed hash of where the visitor came from; see `accounts.networks.network_of`.
    network = models.CharField(max_length=64, blank=True, db_default="")
    secret = models.CharField(max_length=32, unique=True, default=new_secret)
    # Where links in mails lead, for the timer knows no request.
    site = models.TextField()
    language = LanguageField()
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    joined_at = models.DateTimeField(_("in line since"), db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    piece = models.ForeignKey(Piece, on_delete=models.SET_NULL, related_name="+", null=True)
    notified_at = models.DateTimeField(null=True, db_column="told_at")

    objects = WaitlistQuerySet.as_manager()

    # Annotated by with_current_state().
    current_state: str
    position: int
    # Annotated by with_end().
    went_by_at: datetime
    is_available: bool
    on_sale: bool

    class Meta:
        db_table = "bag_placeinline"
        verbose_name = _("waiting-list entry")
        verbose_name_plural = _("waiting-list entries")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "customer"],
                name="one_open_place_per_item_and_customer",
                condition=Q(state__in=["waiting", "offered"]),
            ),
            models.UniqueConstraint(
                fields=["item", "bag_key"],
                name="one_open_place_per_item_and_guest",
                condition=Q(state__in=["waiting", "offered"], customer=None) & ~Q(bag_key=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["item"], name="place_waiting", condition=Q(state__in=["waiting", "offered"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse_in(self.language, "bag:waitlist-entry", self.secret)

    @property
    def is_open(self) -> bool:
        """Whether it still leads somewhere, when read with its current state."""
        return self.current_state in {self.State.WAITING, self.State.OFFERED}

    @property
    def can_rejoin(self) -> bool:
        """Whether its turn has gone by, but not the thing; when read with current state and end."""
        return self.current_state == self.State.EXPIRED and self.on_sale and self.item.published

    @property
    def hold_key(self) -> str:
        """Under what a piece is held that is offered to this entry."""
        return f"{WAITLIST_PREFIX}{self.secret}"

    @property
    def address(self) -> str:
        """Where to write to."""
        return self.customer.email if self.customer else self.email

    @property
    def is_mailed(self) -> bool:
        """Whether the owner of the address wants mails about waiting lists."""
        return not MailOptOut.objects.filter(pk=hashed(self.address)).exists()

    @property
    def hears_by_mail(self) -> bool:
        """Whether a mail of its turn is wanted, and goes anywhere."""
        return gets_mail(self.address) and self.is_mailed

    @property
    def unsubscribe_token(self) -> str:
        """What only mails to this address carry: whoever has it may unsubscribe the address.

        The secret alone will not do, for the browser that joined knows it, and the address
        may be somebody else's.
        """
        said = f"{self.secret} {self.address}"
        # Mails of earlier releases hold links that are signed with this name.
        mailed = salted_hmac("bag.PlaceInLine.stop", said, algorithm="sha256")
        return self.secret + mailed.hexdigest()[:TOKEN_LENGTH]


class MailOptOut(models.Model):
    """An e-mail address, as a keyed hash, whose owner wants no mails about waiting lists."""

    address_hash = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "bag_nomail"

    def __str__(self) -> str:
        return self.address_hash
