from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from repairs_restorals.models import Quote, ServiceTicket, Status


class TransitionNotAllowed(Exception):
    """A ticket was asked for a transition that its status does not allow."""

    def __init__(self, *, ticket: "ServiceTicket", to: "Status") -> None:
        super().__init__(f"{ticket.reference}: from {ticket.status} to {to} is not possible")
        self.ticket = ticket
        self.to = to


class TicketClosed(Exception):
    """A ticket that is collected or cancelled takes nothing more."""


class TicketBilled(Exception):
    """The invoice of a ticket is issued: what is agreed from now on would stand on none."""


class NotEditable(Exception):
    """The workshop has begun with a ticket: what was filed stays as it is."""


class WorkRefused(Exception):
    """Somebody else in the house, such as the books, has a reason why work may not begin yet."""


class QuoteFrozen(Exception):
    """A quote that was sent is never changed; a newer version replaces it."""

    def __init__(self, quote: "Quote") -> None:
        super().__init__(f"{quote} was sent and cannot be changed")
        self.quote = quote


class QuoteNotOpen(Exception):
    """A quote that can no longer be decided: somebody was quicker, or its time is over.

    `quote` is as it is now, so that its state says which.
    """

    def __init__(self, quote: "Quote") -> None:
        super().__init__(f"{quote}: {quote.state}")
        self.quote = quote


class QuoteEmpty(Exception):
    """A quote without lines cannot be sent."""


class OverLimit(Exception):
    """A quote of more than the go-ahead limit, or after a “no”, has to be asked for."""
