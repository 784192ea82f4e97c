from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from accounts.linked import LinkMixin
from store.models import Order

if TYPE_CHECKING:
    from invoices.models.invoice import Invoice


class InvoiceLinkMixin(LinkMixin):
    """The link of an invoice: to read it and to pay it, see `accounts.linked`.

    The database refuses to change one that is issued, so its first link stays in its row. Once its
    order or customer is erased, staff alone see it.
    """

    POWER = "invoice"

    @property
    def linked_since(self) -> datetime:
        return cast("Invoice", self).created_at

    @property
    def ended_at(self) -> datetime | None:
        """When what it is for had ended, or the invoice itself was written, as a credit note is."""
        invoice = cast("Invoice", self)
        ended = invoice.subject.ended_at if invoice.subject else None
        return None if invoice.due_now or ended is None else max(ended, invoice.created_at)

    @property
    def is_erased(self) -> bool:
        invoice = cast("Invoice", self)
        subject = invoice.subject
        if isinstance(subject, Order):
            return subject.is_erased
        return subject is not None and subject.customer.is_erased

    def belongs_to(self, user: Any) -> bool:
        subject = cast("Invoice", self).subject
        return subject is not None and subject.belongs_to(user)

    @property
    def link_owner(self) -> Any:
        return cast("Invoice", self).payer

    @property
    def link_address(self) -> str:
        return cast("Invoice", self).get_absolute_url()

    @property
    def reference(self) -> str:
        return str(self)

    @property
    def state_in_words(self) -> str:
        return str(cast("Invoice", self).state.label)
