from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from money.filters import money
from store.exceptions import Refusal

if TYPE_CHECKING:
    from repairs_restorals.models import Quote


class TicketClosed(Refusal):
    """A ticket that is collected or cancelled takes nothing more."""

    words = _("This ticket is closed and takes nothing more.")


class TicketBilled(Refusal):
    """The invoice of a ticket is issued: what is agreed from now on would stand on none."""

    words = _(
        "The invoice of this ticket is issued: nothing more comes onto it. Take further work in "
        "as a new ticket."
    )


class NotEditable(Refusal):
    """The workshop has begun with a ticket: what was filed stays as it is."""

    words = _("We have begun to look at it: write us a message instead.")


class WorkRefused(Refusal):
    """Somebody else in the house, such as the books, has a reason why work may not begin yet."""

    words = _("Work begins when the deposit is paid: record it on the invoice first.")


class NotInWork(Refusal):
    """Nothing is ordered for a ticket that is not agreed any more, or done."""

    words = _("It is not in work: it waits for no parts.")


class QuoteFrozen(Refusal):
    """A quote that was sent is never changed; a newer version replaces it."""

    words = _("This quote was sent meanwhile and cannot be changed.")

    def __init__(self, quote: "Quote") -> None:
        super().__init__(f"{quote} was sent and cannot be changed")
        self.quote = quote


class QuoteNotOpen(Refusal):
    """A quote that can no longer be decided: somebody was quicker, or its time is over.

    `quote` is as it is now, so that its state says which.
    """

    words = _("Somebody was quicker: this quote cannot be sent or answered any more.")

    def __init__(self, quote: "Quote") -> None:
        super().__init__(f"{quote}: {quote.state}")
        self.quote = quote


class AgreedMeanwhile(Refusal):
    """A customer has agreed to something that whoever sends the next version has not seen."""

    words = _(
        "Nothing was sent: %(customer)s has accepted version %(version)d, %(total)s, and that "
        "stands. If you want to offer something else all the same, look at the preview again and "
        "send it from there."
    )

    def __init__(self, agreed: "Quote") -> None:
        super().__init__(f"{agreed} is agreed")
        self.agreed = agreed
        self.customer = agreed.ticket.customer.name or agreed.ticket.customer.email
        self.version, self.total = agreed.version, money(agreed.total, agreed.currency)


class QuoteEmpty(Refusal):
    """A quote without lines cannot be sent."""

    words = _("A quote needs a line at least.")


class OverLimit(Refusal):
    """A quote of more than the go-ahead limit, or after a “no”, has to be asked for."""

    words = _("The customer did not allow this without asking.")


class SeenByOthers(Refusal):
    """Of two tickets that would be one, a stranger with the customer's account sees just one."""

    words = _(
        "Whether this account belongs to its address is not checked: whoever opened it sees what "
        "was filed from within it, not what staff have filed. Such tickets stay apart."
    )


class AddressRefused(Refusal):
    """An e-mail address that cannot be written down for this customer, and why."""

    words = _("%(why)s")

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
