"""Where the way out of a contract is offered: on its pages and in its mails, while it lasts."""

from typing import Any

from invoices.withdrawals.contracts import link_from_order, link_from_quote, page_of_quote
from invoices.withdrawals.left import is_left
from invoices.withdrawals.on_pages import on_page
from repairs_restorals.models import Quote, ServiceTicket, Status
from store.models import Order


def from_order(order: Order) -> dict[str, Any]:
    """For its page, which says it where there is no right."""
    # Before it is confirmed there is no contract to withdraw from: it is cancelled.
    link = order.link if is_open(order) and not order.is_unconfirmed else ""
    return {"withdraw_from": link, "is_counter_sale": order.is_counter_sale}


def mailed_from_order(order: Order) -> dict[str, Any]:
    """For its mails, whose reader has shown by reading them to be the customer."""
    return {**on_page(order), "withdraw_from": link_from_order(order) if is_open(order) else ""}


def is_open(order: Order) -> bool:
    """Whether anything is left that somebody may withdraw from."""
    return not order.is_counter_sale and is_left(order)


def from_ticket(ticket: ServiceTicket) -> dict[str, Any]:
    quote = agreed(ticket)
    return {"withdraw_from": page_of_quote(quote) if quote and is_left(ticket) else ""}


def mailed_from_ticket(ticket: ServiceTicket) -> dict[str, Any]:
    quote = agreed(ticket)
    link = link_from_quote(quote) if quote and is_left(ticket) else ""
    return {**on_page(ticket), "withdraw_from": link}


def mailed_from_quote(quote: Quote) -> dict[str, Any]:
    """For mails by which it becomes a contract."""
    return {"withdraw_from": link_from_quote(quote)}


def agreed(ticket: ServiceTicket) -> Quote | None:
    """A contract is what was agreed: the quote that was accepted last."""
    # Pages have fetched what was sent, the newest first.
    offers = getattr(ticket, "offers", None)
    quotes = list(ticket.quotes.order_by("-version")) if offers is None else offers
    accepted = [quote for quote in quotes if quote.state == Quote.State.ACCEPTED]
    return accepted[0] if accepted and ticket.status != Status.CANCELLED else None
