"""A sale at the counter: taken, ordered, paid, billed and handed out in one transaction."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.addresses import is_checked
from accounts.locking import AccountGone, lock_owner
from accounts.models import User, UserManager
from bag.reservation_mail import lost_by, notify_of_lost_reservations
from invoices.counter.chosen import version_of
from invoices.counter.finding import by_currency
from invoices.documents.drafts import bill_order
from invoices.exceptions import (
    Held,
    InUnconfirmedOrder,
    NotForSale,
    NothingToPay,
    SummaryChanged,
    TooMuch,
)
from invoices.locking import lock_invoice
from invoices.mail.orders import notify_about_order
from invoices.models import Invoice, Payment
from invoices.orders.placing import line_of, time_to_pay
from invoices.payments.ledger import Received, record_payment
from store.history import Kind, lock_lapsed, record_events, record_lapsed
from store.models import NO_HOLD, Item, Order, OrderLine, Piece, PieceQuerySet
from store.models.order import AT_COUNTER
from store.services import lock_items, transition_order

Transition = Order.Transition


class Sale(NamedTuple):
    """What is sold and paid at once: pieces, and what is left to pay of tickets' invoices.

    `total` is what the till showed, in the shop's currency, and `money` how it is paid; without
    any, the things are kept until a transfer arrives. `release_reason` says why a piece is sold
    that is in somebody's bag; only who may release holds gives one. `kept` are the reservations
    that the till has shown: it is their owner who buys, unless all of it is sold `to_another`.
    """

    pieces: Collection[int]
    invoices: Collection[int]
    total: Decimal
    money: Sequence[tuple[Payment.Method, Decimal]]
    idempotency_key: str
    name: str = ""
    email: str = ""
    discount: Decimal = Decimal(0)
    discount_reason: str = ""
    release_reason: str = ""
    kept: Collection[str] = ()
    to_another: bool = False

    @property
    def key(self) -> str:
        """By what a second sending is found: its form's key, and what is sold and how it is paid.

        A form whose answer never came stays open, and may be filled in anew for another sale.
        """
        what = (sorted(self.pieces), sorted(self.invoices), str(self.total))
        money = [(str(method), str(amount)) for method, amount in self.money]
        return sha256(repr((self.idempotency_key, what, money)).encode()).hexdigest()[:32]


@transaction.atomic
def sell(sale: Sale, *, actor: User, site: str) -> list[Invoice]:
    """Sell, and return the invoices that were paid: one of the things, one of each ticket.

    The same sale once more sells nothing, and returns what the first did. Raises
    NotForSale, InUnconfirmedOrder or Held when a piece is another's by now, SummaryChanged when
    it costs something else than the till showed or is in another currency, TooMuch for a discount
    that leaves nothing to pay, and NothingToPay for a ticket that somebody has paid since.
    """
    people = lock_people(sale) if sale.pieces else {}
    order = order_of(sale, people) if sale.pieces else None
    if order and order.lines.exists():
        return [order.invoice, *Invoice.objects.filter(pk__in=sale.invoices).order_by("pk")]
    invoices = []
    if order:
        notify_of_lost_reservations(take(sale, order, people, actor), site)
        invoices.append(bill_order(order, site=site))
    invoices += [lock_invoice(pk) for pk in sorted(sale.invoices)]
    dues = [invoice.due_now for invoice in invoices]
    if not all(dues):
        raise TooMuch if order and not dues[0] else NothingToPay
    _here, elsewhere = by_currency(invoices)
    if elsewhere or sum(dues) != sale.total:
        raise SummaryChanged
    for number, (invoice, received) in enumerate(
        shared_out(zip(invoices, dues, strict=True), sale)
    ):
        key = f"{sale.key} {number}"
        received = received._replace(idempotency_key=key)
        record_payment(invoice_id=invoice.pk, received=received, actor=actor)
    if order:
        hand_out(sale, order, actor, site)
    return [Invoice.objects.get(pk=invoice.pk) for invoice in invoices]


def lock_people(sale: Sale) -> dict[int, User]:
    """Lock those whose the things may become, before the things, as an order on the web does.

    By their numbers, as whoever joins two records: of one that was joined, the record that was kept
    is found by both. Whoever is erased is not among them.
    """
    numbers = {*Piece.objects.filter(pk__in=sale.pieces).values_list("held_for", flat=True)}
    if account := account_of(sale):
        numbers.add(account.pk)
    people: dict[int, User] = {}
    for user in User.objects.filter(pk__in=numbers - {None}).order_by("pk"):
        with suppress(AccountGone):
            owner = lock_owner(user)
            people |= {user.pk: owner, owner.pk: owner}
    return people


def account_of(sale: Sale) -> User | None:
    email = UserManager.normalize_email(sale.email)
    return User.objects.filter(email=email).first() if email else None


def order_of(sale: Sale, people: Mapping[int, User]) -> Order:
    """The order of this sale, which a second sending finds. It has no address for mails yet:
    whoever buys gets one, when everything is done.
    """
    account = account_of(sale)
    customer = people.get(account.pk) if account and is_checked(account) else None
    way = Order.PaymentMethod.SHOP if sale.money else Order.PaymentMethod.TRANSFER
    order = Order(
        **({"language": customer.language} if customer else {}),
        bag_key=f"{AT_COUNTER}{sale.key}",
        checkout_number=0,
        customer=customer,
        name=sale.name,
        delivery=Order.Delivery.COLLECT,
        payment_method=way,
        discount=sale.discount,
        discount_reason=sale.discount_reason,
    )
    order.payment_due_at = Now() + time_to_pay(order)
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError:
        return Order.objects.get(bag_key=order.bag_key, checkout_number=0)
    order.refresh_from_db()
    return order


def take(
    sale: Sale, order: Order, people: Mapping[int, User], actor: User
) -> dict[User, list[Item]]:
    """Move pieces into the order, by the locks that visitors' checkouts take, too.

    Returns what was promised to somebody else, by whom it was promised to.
    """
    pieces, found = lock_for_sale(sale)
    sell_to_owner(order, [] if sale.to_another else found, people)
    lost = lost_by(found, order.customer, sale.email)
    record_lapsed(lock_lapsed(pieces))
    held = pieces.held()
    taken = (held if sale.to_another else held.unreserved()).lock()
    record_events(taken, Kind.RELEASED, actor=actor, note=sale.release_reason)
    record_events(pieces, Kind.ORDERED, actor=actor, note=str(order))
    pieces.update(order=order, **NO_HOLD)
    OrderLine.objects.bulk_create(
        line_of(order, piece.pk, piece.item, shipping=0) for piece in found
    )
    if sale.discount > order.goods_total:
        raise TooMuch
    return lost


def lock_for_sale(sale: Sale) -> tuple[PieceQuerySet, list[Piece]]:
    """The pieces of a sale, as rows to change and with what is known of each."""
    asked = Piece.objects.filter(pk__in=sale.pieces)
    lock_items(asked.order_by().values_list("item_id", flat=True))
    pieces = asked.lock()
    found = list(pieces.with_state().select_related("item").order_by("item_id", "pk"))
    if len(found) < len({*sale.pieces}):
        raise SummaryChanged
    for piece in found:
        check_for_sale(piece, sale)
    return pieces, found


def sell_to_owner(order: Order, pieces: Sequence[Piece], people: Mapping[int, User]) -> None:
    """What is kept for somebody with an account becomes theirs; raise Held if another buys it.

    An account whose address nobody has checked may be a stranger's: it lends its name alone.
    """
    held = Piece.State.HELD
    for piece in pieces:
        is_kept = piece.state == held and piece.is_reserved
        owner = people.get(piece.held_for_id or 0) if is_kept else None
        if owner is None:
            continue
        if order.customer and order.customer != owner:
            raise Held(piece)
        order.name = order.name or owner.name
        order.customer = owner if is_checked(owner) or not owner.email else order.customer
        order.save(update_fields=["customer", "name"])


def check_for_sale(piece: Piece, sale: Sale) -> None:
    """Raise NotForSale, InUnconfirmedOrder or Held; the piece has its `state`, and is locked."""
    if piece.state not in {Piece.State.AVAILABLE, Piece.State.HELD}:
        raise NotForSale(piece)
    if piece.state == Piece.State.HELD and piece.is_in_order:
        raise InUnconfirmedOrder(piece)
    if piece.state == Piece.State.HELD and not may_take(piece, sale):
        raise Held(piece)


def may_take(piece: Piece, sale: Sale) -> bool:
    if piece.is_reserved and not sale.to_another:
        return version_of(piece) in sale.kept
    return bool(sale.release_reason)


def shared_out(
    dues: Iterator[tuple[Invoice, Decimal]], sale: Sale
) -> Iterator[tuple[Invoice, Received]]:
    """Which part of the money goes to which invoice: one is filled after the other."""
    purse = [*sale.money]
    today = timezone.localdate()
    for invoice, left in dues:
        while left and purse:
            method, amount = purse.pop(0)
            part = min(left, amount)
            yield invoice, Received(part, method, today)
            left -= part
            if amount > part:
                purse.insert(0, (method, amount - part))


def hand_out(sale: Sale, order: Order, actor: User, site: str) -> None:
    """Let the customer have the things, and the receipt by mail to whoever named an address."""
    order = Order.objects.get(pk=order.pk)
    if order.paid_at:
        order = transition_order(order_id=order.pk, transition=Transition.COLLECT, actor=actor)
    if sale.email:
        Order.objects.filter(pk=order.pk).update(email=sale.email)
        invoice = Invoice.objects.get(order=order)
        event, enclosed = ("sold", invoice) if order.paid_at else ("placed", None)
        bill = enclosed if enclosed and not enclosed.is_draft else None
        notify_about_order(order.pk, event, site, enclosed=bill)
