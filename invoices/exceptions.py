from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from money.filters import money
from repairs_restorals.exceptions import WorkRefused
from store.exceptions import Refusal

if TYPE_CHECKING:
    from invoices.models import CashMovement, Invoice
    from store.models import Piece


class SummaryChanged(Refusal):
    """What the shopper agreed to is no longer what it costs; nothing was ordered."""

    words = _("A price has changed: please check the new total.")


class InvoiceFrozen(Refusal):
    """An invoice that has a number is never changed."""

    words = _("It is issued and cannot be changed: a credit note corrects it.")

    def __init__(self, invoice: "Invoice") -> None:
        super().__init__(f"{invoice} is issued and cannot be changed")
        self.invoice = invoice


class IssuedAlready(Refusal):
    """Somebody was quicker, such as the same person with a second click."""

    words = _("It is issued already, as %(number)s. Nothing was done twice.")

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class NothingToPay(Refusal):
    """Nothing is due on an invoice now: it is paid, cancelled, or not asked for yet."""

    words = _("Nothing was done: there is nothing to do that for any more.")


class AboveCap(Refusal):
    """An invoice of work asks for more than its customer has allowed or accepted."""

    words = _(
        "Nothing was billed: it comes to more than the %(cap)s that the customer has allowed or "
        "accepted. Send a new quote first."
    )

    def __init__(self, cap: Decimal, currency: str) -> None:
        super().__init__(f"more than {cap}")
        self.cap = money(cap, currency)


class SellerUnknown(Refusal):
    """An invoice waits: nobody has written down the shop's address and tax number."""

    words = _(
        "The invoice waits: it must name the shop's address and tax number. Fill them in in the "
        "shop's profile; it is then issued by itself."
    )


class TaxUndecided(Refusal):
    """An invoice waits: staff have not said whose VAT is in it."""

    words = _(
        "The invoice waits: it goes to a place of which the table of VAT rates knows nothing. Say "
        "on this page whose VAT is in it; it is then issued by itself once it is paid."
    )


class TooMuch(Refusal):
    """More would go back, or be credited, than there is."""

    words = _("That is more than there is.")


class AskedAgain(Refusal):
    """Money that shall go back was not too much: the invoice would ask for it once more."""

    words = _(
        "Tick this if the customer is to pay it again. If not, issue a credit note first: it "
        "takes the amount off the invoice."
    )


class StillPayable(Refusal):
    """An order's pay page could not be closed: somebody may be paying on it now."""

    words = _("Somebody may be paying it by card just now: try it again in a minute.")


class NoCard(Refusal):
    """No card can pay the amount that is due; `why` says so in a sentence."""

    words = _("%(why)s Please pay by bank transfer or at the shop.")

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class PaymentUnavailable(Exception):
    """The payment provider gave no answer that counts: what it did is unknown.

    Ask again under the same idempotency key.
    """


class PaymentRefused(Exception):
    """The payment provider's answer stays the same under this key: only a new key helps."""


class BadSignature(Exception):
    """An event that did not come from the payment provider, or came too late."""


class NotForSale(Refusal):
    """A piece is sold, ordered or out of the shop; it may have been so for a second."""

    words = _("%(name)s cannot be sold: it is %(state)s.")

    def __init__(self, piece: "Piece") -> None:
        super().__init__(f"{piece} is {piece.state}")
        self.name, self.state = (
            f"{piece.item.title} ({piece})",
            type(piece).State(piece.state).label,
        )


class Held(Refusal):
    """A piece is held for somebody, and nobody has said why it is sold to somebody else."""

    words = _(
        "%(name)s is held for somebody. Who may release holds can sell it here, and says why."
    )

    def __init__(self, piece: "Piece") -> None:
        super().__init__(f"{piece} is held")
        self.name = f"{piece.item.title} ({piece})"


class InUnconfirmedOrder(Refusal):
    """A piece is held for an order that nobody has confirmed yet."""

    words = _("%(name)s is in an order that waits to be confirmed. Confirm or cancel that first.")

    def __init__(self, piece: "Piece") -> None:
        super().__init__(f"{piece} is {piece.held_by}")
        self.name = f"{piece.item.title} ({piece})"


class DayMovedOn(Refusal):
    """Money has moved, or somebody has closed the day, since what is to be signed was seen."""

    words = _(
        "Nothing was closed: money has moved since you opened this page. Look at the figures "
        "again; what you have typed is still here."
    )


class SentBefore(Refusal):
    """A form was sent once already, and says something else by now; `moved` is what it said."""

    words = _(
        "Nothing was written down now: this form was sent before, for “%(reason)s”, %(amount)s. "
        "If this comes on top of that, send it again."
    )

    def __init__(self, moved: "CashMovement") -> None:
        super().__init__(f"{moved} was written down under this key")
        self.reason, self.amount = moved.reason, money(moved.amount, moved.currency)


class WithdrawnFrom(WorkRefused):
    """Who has withdrawn from a repair owes the part that was done until then, at the most."""

    words = _(
        "Its customer has withdrawn from this repair. On the page of the withdrawal, stop the work "
        "and say what is owed: that bills it and tells the customer."
    )
