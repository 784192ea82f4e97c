from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from invoices.models import Invoice


class SummaryChanged(Exception):
    """What the shopper agreed to is no longer what it costs; nothing was ordered."""


class InvoiceFrozen(Exception):
    """An invoice that has a number is never changed: a credit note corrects it."""

    def __init__(self, invoice: "Invoice") -> None:
        super().__init__(f"{invoice} is issued and cannot be changed")
        self.invoice = invoice


class NothingToPay(Exception):
    """Nothing is due on an invoice now: it is paid, cancelled, or not asked for yet."""


class TooMuch(Exception):
    """More would go back, or be credited, than there is."""


class AskedAgain(Exception):
    """Money that shall go back was not too much: the invoice would ask for it once more."""


class StillPayable(Exception):
    """An order's pay page could not be closed: somebody may be paying on it now."""


class PaymentUnavailable(Exception):
    """The payment provider gave no answer that counts: what it did is unknown.

    Ask again under the same idempotency key.
    """


class PaymentRefused(Exception):
    """The payment provider's answer stays the same under this key: only a new key helps."""


class BadSignature(Exception):
    """An event that did not come from the payment provider, or came too late."""


class InvoiceChanged(Exception):
    """Something was recorded about an invoice since staff looked at it; nothing was done."""
