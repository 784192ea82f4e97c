"""Random lives of an order and of a ticket: whatever may be done with it, in any order."""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from invoices.documents.credit_notes import Credit, credit
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.exceptions import NothingToPay
from invoices.models import Invoice, Payment
from invoices.orders.returns import restock, restockable
from invoices.orders.transitions import transition_and_notify
from invoices.payments.ledger import Received, record_payment, record_refund
from mail.models import Mail
from repairs_restorals.models import Quote, ServiceTicket, Status
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.services import cancel_ticket, transition_ticket
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket, seen_by_staff
from store.exceptions import Refusal
from store.models import Order
from store.tests.factories import make_item, make_order

Steps = dict[str, Callable[[], Any]]


class Life:
    """What is billed, and what may be done with its money."""

    def __init__(self, invoice: Invoice, staff: User) -> None:
        self.pk, self.staff = invoice.pk, staff

    @property
    def invoice(self) -> Invoice:
        return Invoice.objects.get(pk=self.pk)

    @property
    def steps(self) -> Steps:
        return {
            "pay a part": lambda: self.pay(Decimal(20)),
            "pay the rest": lambda: self.pay(self.invoice.balance),
            "give some back": lambda: self.give_back(Decimal(15)),
            "give all back": lambda: self.give_back(self.invoice.paid),
            "issue": self.issue,
            "credit a part": lambda: self.credit(Decimal(25)),
            "credit all": lambda: credit(invoice_id=self.pk, reason="Broken", actor=self.staff),
        }

    def live(self, names: list[str]) -> None:
        for name in names:
            before = Mail.objects.count()
            with suppress(Refusal):
                self.steps[name]()
            self.check()
            told = list(Mail.objects.order_by("pk").values_list("to", flat=True))[before:]
            assert len({*told}) == len(told), name

    def check(self) -> None:
        """What must hold after every step."""
        found = Invoice.objects.with_state().get(pk=self.pk)
        assert found.balance_due == found.balance
        assert found.current_state == found.state
        assert Invoice.objects.with_state().in_state(found.state).filter(pk=self.pk).exists()

    def pay(self, amount: Decimal) -> None:
        received = Received(amount, Payment.Method.CASH, timezone.localdate())
        record_payment(invoice_id=self.pk, received=received, actor=self.staff)

    def give_back(self, amount: Decimal) -> None:
        received = Received(amount, Payment.Method.CASH, timezone.localdate())
        record_refund(invoice_id=self.pk, received=received, actor=self.staff)

    def issue(self) -> None:
        if not self.invoice.can_be_issued:
            raise NothingToPay
        issue(invoice_id=self.pk, actor=self.staff)

    def credit(self, amount: Decimal) -> None:
        line = self.invoice.lines.order_by("pk").first()
        parts = [Credit(line.pk, amount)] if line else []
        credit(invoice_id=self.pk, parts=parts, reason="Scratch", actor=self.staff)


class OrderLife(Life):
    """An order of two things, 120.00 each."""

    def __init__(self, customer: User, staff: User, **fields: Any) -> None:
        item = make_item(pieces=2, title="Mantel clock", tax_scheme="margin")
        item.pieces.update(purchase_price=Decimal(70))
        order = make_order(item, customer=customer, **fields)
        super().__init__(bill_order(order, site=SITE), staff)
        self.order_pk = order.pk

    @property
    def order(self) -> Order:
        return Order.objects.get(pk=self.order_pk)

    @property
    def steps(self) -> Steps:
        return {**super().steps, **{f"{way}": self.mover(way) for way in Order.Transition}} | {
            "restock": self.restock
        }

    def mover(self, way: Order.Transition) -> Callable[[], Any]:
        return lambda: transition_and_notify(
            order_id=self.order_pk, transition=way, actor=self.staff, site=SITE
        )

    def restock(self) -> None:
        pieces = restockable(self.invoice)
        version = self.invoice.version
        restock(invoice_id=self.pk, version=version, pieces=pieces, actor=self.staff)

    def check(self) -> None:
        super().check()
        order, invoice, stage = self.order, self.invoice, self.order.stage
        goes_out = {Order.Transition.SHIP, Order.Transition.COLLECT}
        if invoice.balance > 0 or invoice.is_taken_back:
            assert not goes_out & set(order.allowed_transitions), stage
        if stage in {"preparing", "sending", "ready"}:
            assert invoice.balance <= 0
        if stage in {"cancelled", "taken_back"}:
            assert not order.allowed_transitions
        if stage == "cancelled":
            assert order.cancelled_because
            assert not order.pieces.exists()
            assert invoice.due_now == 0
        assert list(Order.objects.at_stage(stage).filter(pk=order.pk)) == [order]
        for piece in order.pieces.all():
            assert bool(piece.sold_at) == bool(order.paid_at)


class TicketLife(Life):
    """A ticket whose work costs 100.00 and asks for 30.00 before it begins."""

    def __init__(self, customer: User, staff: User) -> None:
        ticket = make_ticket(customer, title="Zither", description="Hums.")
        super().__init__(Invoice.objects.get(ticket=ticket), staff)
        self.ticket_pk = ticket.pk

    @property
    def ticket(self) -> ServiceTicket:
        return ServiceTicket.objects.get(pk=self.ticket_pk)

    @property
    def steps(self) -> Steps:
        by_hand = {status: self.mover(status) for status in Status}
        return {
            **super().steps,
            **{f"{status}": step for status, step in by_hand.items()},
            "quote": self.quote,
            "accept": lambda: self.decide(accept=True),
            "decline": lambda: self.decide(accept=False),
            "take back": lambda: cancel_ticket(
                ticket_id=self.ticket_pk, actor=self.ticket.customer, site=SITE
            ),
        }

    def mover(self, to: Status) -> Callable[[], Any]:
        return lambda: transition_ticket(
            ticket_id=self.ticket_pk, to=to, actor=self.staff, site=SITE
        )

    def quote(self) -> None:
        quote = self.ticket.quotes.filter(state=Quote.State.DRAFT).first()
        quote = quote or make_quote(self.ticket, "100.00", deposit=Decimal(30))
        seen = seen_by_staff(quote)
        send_quote(quote_id=quote.pk, actor=self.staff, site=SITE, seen=seen)

    def decide(self, *, accept: bool) -> None:
        if quote := self.ticket.quotes.filter(state=Quote.State.SENT).first():
            decide_quote(quote_id=quote.pk, accept=accept, via=Quote.Via.LINK, site=SITE)

    def check(self) -> None:
        super().check()
        ticket, invoice = self.ticket, self.invoice
        if ticket.status == Status.DECLINED:
            assert not ticket.quotes.filter(state=Quote.State.ACCEPTED).exists()
        if ticket.status in {Status.READY, Status.COLLECTED} and invoice.total:
            assert invoice.number
        if ticket.stage.turn.value == "nobody":
            assert invoice.balance == 0
        if ticket.status == Status.CANCELLED:
            assert invoice.due_now == 0
