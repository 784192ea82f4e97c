"""Which contract somebody means: by its link, its number, or nothing that a program understands.

Who may look at an order or ticket may not give it up by that alone: it takes the link that was
mailed for it, the customer's log-in, or the browser that has ordered.
"""

import re
from contextlib import suppress
from typing import NamedTuple

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from accounts.linked import Row, opened_by
from accounts.links import dated_link, read_link
from accounts.models import User
from bag.session import Bag
from invoices.models import Invoice, Withdrawal
from repairs_restorals.models import Quote, ServiceTicket
from store.models import Order

Proof = Withdrawal.Proof
ORDER_POWER, TICKET_POWER = "withdraw from order", "withdraw from repair"
PAGE_POWER = "page of repair"
# The period with the twelve months of Article 10(1) of Directive 2011/83/EU, and time to deliver.
LINK_DAYS = 500
# The last part of an address of ours that nobody can guess.
SECRET = re.compile(r"/(?:orders|quotes|invoices|status|withdraw)/([\w-]{16,60})(?![\w-])")
ORDER = re.compile(r"(?<![A-Za-z0-9])R\s*0*([1-9]\d{0,17})(?!\d)", re.IGNORECASE)
TICKET = re.compile(r"(?<![A-Za-z0-9])W\s*0*([1-9]\d{0,17})(?!\d)", re.IGNORECASE)


class Contract(NamedTuple):
    """An order or a ticket, and by what its customer is known; neither when it is vague."""

    order: Order | None = None
    ticket: ServiceTicket | None = None
    proof: str = ""

    @property
    def subject(self) -> Order | ServiceTicket | None:
        return self.order or self.ticket

    @property
    def reference(self) -> str:
        return self.subject.reference if self.subject else ""

    @property
    def mailbox(self) -> str:
        """The address that the contract was made with."""
        if self.order:
            return self.order.email
        return self.ticket.customer.email if self.ticket else ""

    def known_to(self, request: HttpRequest) -> "Contract":
        """With a proof that whoever asks is its customer, where there is none yet and one is."""
        if self.proof or not self.subject:
            return self
        user = request.user
        # Not by `customer`: what staff file under an address is for whoever reads its mail.
        if isinstance(user, User) and self.subject.belongs_to(user):
            return self._replace(proof=Proof.ACCOUNT)
        if self.order and Bag(request).key == self.order.bag_key:
            return self._replace(proof=Proof.BROWSER)
        return self


NO_CONTRACT = Contract()
INVOICES = Invoice.objects.select_related("order", "ticket__customer")


def link_from_order(order: Order) -> str:
    """The last part of the address that mails about an order lead to."""
    return dated_link(ORDER_POWER, order.pk, str(order.nonce))


def link_from_quote(quote: Quote) -> str:
    return dated_link(TICKET_POWER, quote.pk, str(quote.nonce))


def page_of_quote(quote: Quote) -> str:
    """What a page about a ticket leads to: it proves nothing, and does not open the quote."""
    return dated_link(PAGE_POWER, quote.pk, str(quote.nonce))


def contract_of_link(text: str) -> Contract:
    """What a mailed link leads to."""
    link = read_link(text)
    if link is None or link.age > LINK_DAYS:
        return NO_CONTRACT
    order = Order.objects.filter(pk=link.pk).first()
    if order and link.opens(ORDER_POWER, str(order.nonce)):
        return Contract(order=order, proof=Proof.LINK)
    quote = Quote.objects.shown().filter(pk=link.pk).select_related("ticket__customer").first()
    if quote and link.opens(TICKET_POWER, str(quote.nonce)):
        return Contract(ticket=quote.ticket, proof=Proof.LINK)
    if quote and link.opens(PAGE_POWER, str(quote.nonce)):
        return Contract(ticket=quote.ticket)
    return NO_CONTRACT


def contract_of_secret(secret: str) -> Contract:
    """What the address of a page leads to."""
    if order := opened(Order.objects.all(), secret):
        return Contract(order=order)
    if ticket := opened(ServiceTicket.objects.select_related("customer"), secret):
        return Contract(ticket=ticket)
    if quote := opened(Quote.objects.shown().select_related("ticket__customer"), secret):
        return Contract(ticket=quote.ticket)
    return billed(opened(INVOICES.all(), secret))


def opened(rows: QuerySet[Row], secret: str) -> Row | None:
    """The row that a link opens, however old that is."""
    with suppress(Http404):
        return opened_by(rows, secret)[0]
    return None


def billed(invoice: Invoice | None) -> Contract:
    return Contract(order=invoice.order, ticket=invoice.ticket) if invoice else NO_CONTRACT


def contract_of_words(words: str) -> Contract:
    """What somebody means who has typed a link or a number; vague when they are several."""
    # No database has it in a text, and an address may bring it past every field.
    words = words.replace("\0", "")
    if found := SECRET.search(words):
        linked = contract_of_link(found[1])
        return linked if linked.subject else contract_of_secret(found[1])
    orders, tickets = {*ORDER.findall(words)}, {*TICKET.findall(words)}
    if len(orders) + len(tickets) != 1:
        return billed(INVOICES.filter(number=words.strip()).first())
    order = Order.objects.filter(pk__in=orders).first()
    found_tickets = ServiceTicket.objects.filter(pk__in=tickets).select_related("customer")
    return Contract(order=order, ticket=found_tickets.first())


def contract_for(request: HttpRequest, words: str, secret: str = "") -> Contract:
    """The contract that is meant; `secret` is that of an order's page, or a mailed link."""
    if secret:
        linked = contract_of_link(secret)
        found = linked if linked.subject else contract_of_secret(secret)
    else:
        found = contract_of_words(words)
    return found.known_to(request)
