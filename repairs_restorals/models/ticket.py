from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.addresses import is_checked
from accounts.models import User
from accounts.secrets import new_secret
from accounts.validators import validate_has_letter, validate_one_line
from money.columns import PriceColumn
from repairs_restorals.models.event import TicketEvent
from repairs_restorals.models.links import TicketLinkMixin
from repairs_restorals.models.parts import PartsMixin
from repairs_restorals.models.query import TicketQuerySet
from repairs_restorals.models.stages import ANSWER, DEPOSIT, STAGES, Stage, Turn, after_work
from repairs_restorals.models.status import (
    CLOSED,
    NOT_AGREED,
    NOT_BY_HAND,
    TRANSITIONS,
    Status,
)
from store.models import Category, Piece
from store.panels import bill_of
from store.transitions import TransitionsMixin
from typed.languages import LanguageField


class ServiceTicket(PartsMixin, TicketLinkMixin, TransitionsMixin):
    """Something that a customer wants mended, from its filing until it is collected.

    Status and what hangs on it are changed by services only.
    """

    class Kind(models.TextChoices):
        REPAIR = "repair", _("Repair: make it work again")
        RESTORATION = "restoration", _("Restoration: make it as it was")

    TRANSITIONS = TRANSITIONS
    moved_on = _("That is not possible now: the ticket has moved on.")

    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("customer"),
    )
    title = models.CharField(
        _("what is it?"), max_length=120, validators=[validate_one_line, validate_has_letter]
    )
    description = models.TextField(_("what is wrong, or what do you wish?"), max_length=5000)
    kind = models.CharField(_("kind of work"), max_length=12, choices=Kind, default=Kind.REPAIR)
    category = models.ForeignKey(
        Category,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("category"),
    )
    piece = models.ForeignKey(
        Piece,
        on_delete=models.PROTECT,
        related_name="tickets",
        null=True,
        blank=True,
        verbose_name=_("bought here"),
    )
    serial_number = models.CharField(_("serial number"), max_length=100, blank=True)
    condition = models.TextField(
        _("condition when handed in"),
        max_length=1000,
        blank=True,
        help_text=_("What is scratched or missing already. It stands on the receipt."),
    )
    material_links = models.TextField(
        _("links to materials you would like"), max_length=2000, blank=True
    )
    go_ahead_limit = PriceColumn(
        _("go ahead without asking up to"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    # Beside the limit, for that alone is no express wish: Article 7(3) of Directive 2011/83/EU.
    begin_wished = models.BooleanField(
        _("to begin before the time to withdraw is over"), default=False, db_default=False
    )
    needed_by = models.DateField(_("needed by"), null=True, blank=True)

    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.SUBMITTED, editable=False
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="assigned_tickets",
        null=True,
        blank=True,
        verbose_name=_("assigned to"),
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="merged",
        null=True,
        editable=False,
        verbose_name=_("merged into"),
    )
    created_at = models.DateTimeField(_("filed"), db_default=Now(), editable=False)
    # When the workshop last did something, or the customer filed it.
    touched_at = models.DateTimeField(_("last touched"), db_default=Now(), editable=False)
    # Which sending of the form this was: sending the same once more finds this ticket.
    idempotency_key = models.CharField(
        max_length=64,
        unique=True,
        default=new_secret,
        editable=False,
        # The version before writes it there.
        db_column="submission",
    )
    # In which its customer reads its pages, mails and papers.
    language = LanguageField()
    # Whoever has it may see how things stand; None while revoked.
    status_secret = models.CharField(  # noqa: DJ001
        max_length=32, unique=True, null=True, default=new_secret, editable=False
    )
    # When somebody who may not stop a repair has said what its customer's address is: that may be
    # their own, and what comes from there stops nothing.
    email_doubted_at = models.DateTimeField(null=True, editable=False)

    objects = TicketQuerySet.as_manager()

    last_word: str | None  # annotated by with_last_word()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        permissions = [("hand_out_serviceticket", gettext_noop("Can hand out what is ready"))]
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["status", "touched_at"], name="ticket_by_status"),
            models.Index(
                fields=["touched_at"],
                name="ticket_open",
                condition=~Q(status__in=["collected", "cancelled"]),
            ),
            models.Index(
                fields=["parts_awaited_since"],
                name="ticket_for_parts",
                condition=Q(parts_awaited_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Also undone when a receiver fails: no ticket is ever without its invoice."""
        with transaction.atomic():
            super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("repairs:ticket", args=[self.pk])

    @property
    def reference(self) -> str:
        """What people say on the phone and what stands on the label."""
        return f"W{self.pk:05}" if self.pk else str(_("New ticket"))

    def is_of(self, user: User | AnonymousUser) -> bool:
        """Whether somebody finds it among their own: the same as `for_customer`."""
        if not isinstance(user, User) or self.customer_id != user.pk:
            return False
        if is_checked(user):
            return True
        return ServiceTicket.objects.for_customer(user).filter(pk=self.pk).exists()

    @property
    def is_open(self) -> bool:
        return self.status not in CLOSED

    @property
    def is_editable(self) -> bool:
        """Whether the customer may still change what was filed."""
        return self.status == Status.SUBMITTED

    @property
    def is_cancellable(self) -> bool:
        """Whether the customer may take it back: nothing is agreed, by no version of a quote."""
        if self.status not in NOT_AGREED:
            return False
        # Work that was agreed may be quoted again, for more than was seen at first.
        return not any(quote.state == "accepted" for quote in self.quotes.all())

    @property
    def stage(self) -> Stage:
        """How far the work is.

        Money decides two cases: whether a deposit is still to come before the work begins, and
        whether anything is left to pay or goes back when the work is over. The workshop knows no
        books: it asks `store.panels`, where whoever bills has registered. With nobody there, no
        money is waited for.
        """
        if self.lacks_deposit:
            return DEPOSIT
        usual = STAGES[Status(self.status)]
        return self.held_up(usual) if self.is_open else after_work(bill_of(self), usual)

    @property
    def lacks_deposit(self) -> bool:
        """Whether the books refuse to let work begin that is agreed."""
        return self.status == Status.APPROVED and bill_of(self).deposit_due

    @cached_property
    def answered(self) -> bool | None:
        """Whether the workshop has written last; None while nobody has. See `with_awaits`."""
        said = self.messages.filter(internal=False).order_by("-pk")
        return said.values_list("from_workshop", flat=True).first()

    @property
    def awaits(self) -> Stage:
        """Whose turn it is and what for; `with_awaits` fetches it for many.

        A word of the customer that nobody has answered comes before what the work waits for.
        """
        return ANSWER if self.is_open and self.answered is False else self.stage

    @property
    def awaits_for_customer(self) -> Stage:
        """The same as its customer reads it: what is theirs to do, no open question hides."""
        return self.stage if self.stage.turn == Turn.CUSTOMER else self.awaits

    @property
    def minder(self) -> User | None:
        """Who is assigned, and still works here."""
        return self.assignee if self.assignee and self.assignee.is_active else None

    @property
    def is_overdue(self) -> bool:
        done = self.status in [*CLOSED, Status.READY]
        return bool(self.due_on and self.due_on < timezone.localdate() and not done)

    @property
    def standing(self) -> Status:
        return Status(self.status)

    @property
    def version(self) -> str:
        """Whoever moves it on does so from the status that the page has shown."""
        return self.status

    def record_event(
        self, kind: TicketEvent.Kind, actor: User | None, note: str = "", *, status: str = ""
    ) -> None:
        self.events.create(kind=kind, actor=actor, status=status, note=note[:200])

    @property
    def allowed_transitions(self) -> list[Status]:
        """The statuses that staff may give it by hand now, in the order of the work."""
        possible = TRANSITIONS[self.standing] - NOT_BY_HAND
        return [status for status in Status if status in possible]

    @property
    def links(self) -> list[str]:
        return self.material_links.split()
