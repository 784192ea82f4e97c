"""What taking things off an order leads to: for papers, money, things and mails.

`taking_back.take_back` does what the plan says, so a page that shows one says before what happens.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices.documents.credit_notes import discounted_lines, most_of_lines, with_discounts
from invoices.documents.drafts import lines_of_order, total_of
from invoices.exceptions import NothingToPay
from invoices.models import NOTHING, Invoice, InvoiceLine, Payment
from money.filters import money
from store.exceptions import Refusal
from store.models import Order, OrderLine, Piece

GONE_OUT = [Order.State.SHIPPED, Order.State.COLLECTED]


class TakenBackAlready(Refusal):
    """Somebody has taken a thing off this order before."""

    words = gettext_lazy("Nothing was done: something of it is taken back already, see the order.")


class Wish(NamedTuple):
    """What shall be taken back, by the ids of order lines, and what shall become of it."""

    lines: Collection[int]
    # The customer reads it: on the credit note, or in the mail.
    reason: str
    with_shipping: bool = True
    # Of things that are here: whether they go on sale again, or aside.
    on_sale: bool = True
    to_card: bool = True
    # How money that did not come by card goes back now; None while it is still to go.
    by_hand: Payment.Method | None = None
    because: Order.Ending = Order.Ending.SHOP


@dataclass(frozen=True)
class Plan:
    """What taking back leads to."""

    invoice: Invoice
    wish: Wish
    lines: list[OrderLine]
    # Whether nothing of the order is left.
    ends: bool
    # What of which line of the invoice is taken back by credit note; none of a draft.
    credits: Mapping[int, Decimal] = field(default_factory=dict)
    # What it comes to less.
    amount: Decimal = NOTHING

    @property
    def order(self) -> Order:
        return cast(Order, self.invoice.order)

    @property
    def is_cancelled(self) -> bool:
        """Whether an order that is not paid ends: that is the same as cancelling it."""
        return self.ends and Order.Transition.CANCEL in self.order.allowed_transitions

    @cached_property
    def balance(self) -> Decimal:
        """What is left to pay afterwards, before anything goes back; negative: too much."""
        return self.invoice.balance - self.amount

    @cached_property
    def back(self) -> Decimal:
        """What is too much then, and not on its way back already."""
        promised = self.invoice.overpaid - self.invoice.excess
        return max(NOTHING, -self.balance - promised)

    @cached_property
    def to_cards(self) -> Decimal:
        if not self.wish.to_card:
            return NOTHING
        on_cards = sum((each.refundable for each in self.invoice.attempts.all()), NOTHING)
        return min(self.back, on_cards)

    @cached_property
    def by_hand(self) -> Decimal:
        if self.wish.by_hand is None:
            return NOTHING
        return min(self.back - self.to_cards, self.invoice.refundable_by_hand)

    @property
    def stays(self) -> Decimal:
        """What is too much still, until somebody sends it back."""
        return self.back - self.to_cards - self.by_hand

    @property
    def here(self) -> list[Piece]:
        """Pieces that go on sale again, or aside. What went out is here when it is said to be."""
        if self.order.state in GONE_OUT and not self.wish.on_sale:
            return []
        pieces = (line.piece for line in self.lines)
        return [piece for piece in pieces if piece.order_id == self.order.pk]


def left_of(order: Order) -> list[OrderLine]:
    """The lines of an order that may be taken back. One that nobody has confirmed has no things."""
    if order.state == Order.State.CANCELLED or order.is_unconfirmed:
        return []
    return [line for line in order.lines.select_related("piece__item") if not line.is_gone]


def plan_of(invoice: Invoice, wish: Wish) -> Plan:
    """What it leads to. Raises TakenBackAlready, and NothingToPay when nothing is chosen."""
    order = cast(Order, invoice.order)
    left = left_of(order)
    lines = [line for line in left if line.pk in wish.lines]
    if len(lines) < len(set(wish.lines)):
        raise TakenBackAlready
    if not lines:
        raise NothingToPay
    return planned(invoice, wish, lines, ends=len(lines) == len(left))


def planned(invoice: Invoice, wish: Wish, lines: list[OrderLine], *, ends: bool) -> Plan:
    plan = Plan(invoice, wish, lines, ends)
    if plan.is_cancelled:
        parts = {} if invoice.is_draft else invoice.creditable
        return replace(plan, credits=parts, amount=invoice.payable)
    if invoice.is_draft:
        return replace(plan, amount=price_of(invoice, lines))
    parts = credits_for(invoice, plan)
    return replace(plan, credits=parts, amount=sum(parts.values(), NOTHING))


class Worth(NamedTuple):
    """What is taken back with one thing alone: for itself, and with its shipping."""

    bare: Decimal
    shipped: Decimal
    currency: str

    @property
    def words(self) -> str:
        bare, shipped = (money(amount, self.currency) for amount in (self.bare, self.shipped))
        if bare == shipped:
            return bare
        return _("%(price)s, with its shipping %(sum)s") % {"price": bare, "sum": shipped}


def worth_of(invoice: Invoice, left: list[OrderLine]) -> dict[int, Worth]:
    """Of each line that is left, by its id, as its plan would say."""

    def amount(line: OrderLine, *, with_shipping: bool) -> Decimal:
        wish = Wish([line.pk], reason="", with_shipping=with_shipping)
        return planned(invoice, wish, [line], ends=len(left) == 1).amount

    return {
        line.pk: Worth(
            amount(line, with_shipping=False), amount(line, with_shipping=True), invoice.currency
        )
        for line in left
    }


def price_of(invoice: Invoice, lines: Collection[OrderLine]) -> Decimal:
    """What lines cost that are not billed yet, less what of a discount is theirs, and of VAT."""
    pieces = {line.piece_id for line in lines}
    # One that a version before has opened may have none.
    drafted = list(invoice.lines.all()) or lines_of_order(cast(Order, invoice.order))
    return total_of((line for line in drafted if line.piece_id in pieces), invoice.currency)


class Billed(NamedTuple):
    """The lines of an invoice that are about one piece."""

    price: InvoiceLine
    shipping: list[InvoiceLine]


def billed_pieces(invoice: Invoice) -> Mapping[int, Billed]:
    """Price and shipping of each piece. The line of a thing comes before that of its shipping."""
    found: dict[int, Billed] = {}
    for line in sorted(invoice.lines.all(), key=lambda line: line.pk):
        if not line.piece_id or line.is_discount:
            continue
        if line.piece_id in found:
            found[line.piece_id].shipping.append(line)
        else:
            found[line.piece_id] = Billed(line, [])
    return found


def credits_for(invoice: Invoice, plan: Plan) -> dict[int, Decimal]:
    """What is left of the lines of these things, with the discount that was given on them."""
    billed, most = billed_pieces(invoice), most_of_lines(invoice)
    wanted: dict[int, Decimal] = {}
    for line in plan.lines:
        if not (found := billed.get(line.piece_id)):
            continue
        shipping = found.shipping if plan.wish.with_shipping else []
        wanted |= {each.pk: most[each.pk] for each in [found.price, *shipping] if most[each.pk]}
    return with_discounts(wanted, invoice.creditable, discounted_lines(invoice))
