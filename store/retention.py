"""How long orders and questions are kept."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.retention import LETTERS, RULES, Rule, keep_while, rule_of
from store.erasing import forget_events, forget_orders, forget_questions
from store.models import (
    Order,
    OrderEvent,
    OrderLine,
    Piece,
    PieceEvent,
    Question,
    ShopProfile,
)
from store.models.event import OF_HOLD_NOW
from store.models.order_link import IS_ERASED, OVER


def ended_orders(before: datetime) -> QuerySet[Any]:
    """What was sent, collected or ended otherwise: the same as `Order.ended_at`."""
    events = OrderEvent.objects.filter(order=OuterRef("pk")).order_by("-pk")
    last = Coalesce(Subquery(events.values("at")[:1]), F("placed_at"))
    # By its column first, so that of the others nobody asks for events.
    old = Order.objects.filter(placed_at__lt=before).at_stage(*OVER).filter(owed_since=None)
    return old.annotate(over_since=last).filter(over_since__lt=before)


def orders_over(before: datetime) -> QuerySet[Any]:
    return ended_orders(before).exclude(IS_ERASED)


def questions_over(before: datetime) -> QuerySet[Any]:
    since = Question.objects.annotate(over_since=Coalesce("answered_at", "asked_at"))
    return since.filter(over_since__lt=before)


def words_over(before: datetime) -> QuerySet[Any]:
    """Of holds that are over: what staff have said of whoever it was put aside for."""
    noted = PieceEvent.objects.with_words().filter(at__lt=before)
    return noted.exclude(OF_HOLD_NOW).annotate(over_since=F("at"))


def of_account(
    rows: QuerySet[Any], by_address: QuerySet[Any], rule: str
) -> list[Callable[[], Any]]:
    """Whether an account, or a guest with its address, has some of these that are not over.

    What anybody may have begun under an address counts while it is `by_address`, or strangers
    would keep accounts for ever. In two lists that are made once: PostgreSQL would look through
    all rows for each account.
    """

    def left(rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.all().exclude(pk__in=rule_of(rule).rows().values("pk"))

    return [
        lambda: Q(pk__in=left(rows).filter(customer__isnull=False).values("customer")),
        lambda: Q(email__in=left(by_address).filter(email__gt="").values("email")),
    ]


def is_waited_for() -> Any:
    """Something is put aside for them, such as for whoever never logs in and has phoned."""
    return Q(pk__in=Piece.objects.exclude(held_for=None).values("held_for"))


def has_address_of_shop() -> Any:
    """Mails to it and from it are about everybody, and would go with the account."""
    return Exists(ShopProfile.objects.filter(email=OuterRef("email"), email__gt=""))


RULES.extend(
    [
        Rule(
            "questions",
            _("Questions about things, and our answers"),
            _("so that you and we can read them again"),
            (Question,),
            over=questions_over,
            take=forget_questions,
            default=365,
            least=30,
            most=5 * 365,
        ),
        Rule(
            "reservations",
            _("What staff have noted when they put a thing aside for you, once that is over"),
            _("to know for whom it is, and what was agreed"),
            (PieceEvent,),
            over=words_over,
            take=forget_events,
            default=90,
            least=1,
            most=365,
        ),
        Rule(
            "orders",
            _("Name, addresses, phone and words on orders"),
            _(
                "for withdrawal, guarantee and claims, and because laws on letters of business "
                "may ask for it; what was bought for how much stays without your name"
            ),
            (Order, OrderLine, OrderEvent, Piece),
            over=orders_over,
            take=forget_orders,
            **LETTERS,
        ),
    ]
)
ORDERS = Order.objects.exclude(IS_ERASED)
BEGUN_BY_ANYBODY = {"state": Order.State.CANCELLED, "reached_at": None, "owed_since": None}
for condition in [
    *of_account(ORDERS, ORDERS.exclude(**BEGUN_BY_ANYBODY), "orders"),
    *of_account(Question.objects.all(), Question.objects.filter(answered_at=None), "questions"),
]:
    keep_while(User, condition)
keep_while(User, is_waited_for)
keep_while(User, has_address_of_shop)
