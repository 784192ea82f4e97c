"""The links of tickets and quotes, see `accounts.linked`: each is a power of its own."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from accounts.linked import HiddenLinkMixin
from store.panels import bill_of
from typed.languages import reverse_in

if TYPE_CHECKING:
    from repairs_restorals.models.quote import Quote
    from repairs_restorals.models.ticket import ServiceTicket


class TicketLinkMixin(HiddenLinkMixin):
    """To see how a ticket stands, and no more."""

    POWER, NONCE = "status", "status_secret"

    class Meta:
        abstract = True

    @property
    def linked_since(self) -> datetime:
        return cast("ServiceTicket", self).created_at

    @property
    def ended_at(self) -> datetime | None:
        ticket = cast("ServiceTicket", self)
        return None if ticket.is_open or bill_of(ticket).due else ticket.touched_at

    def belongs_to(self, user: Any) -> bool:
        return cast("ServiceTicket", self).is_of(user)

    @property
    def link_owner(self) -> Any:
        return cast("ServiceTicket", self).customer

    @property
    def link_address(self) -> str:
        return reverse_in(cast("ServiceTicket", self).language, "repairs:status", self.link)

    @property
    def state_in_words(self) -> str:
        return str(cast("ServiceTicket", self).get_status_display())


class QuoteLinkMixin(HiddenLinkMixin):
    """To read a quote and to answer it."""

    POWER = "quote"

    class Meta:
        abstract = True

    @property
    def linked_since(self) -> datetime:
        """Drafts have no link that anybody has: theirs begins when they are sent."""
        quote = cast("Quote", self)
        return quote.sent_at or quote.ticket.created_at

    @property
    def ended_at(self) -> datetime | None:
        return cast("Quote", self).ticket.ended_at

    def belongs_to(self, user: Any) -> bool:
        return cast("Quote", self).ticket.belongs_to(user)

    @property
    def link_owner(self) -> Any:
        return cast("Quote", self).ticket.customer

    @property
    def link_address(self) -> str:
        return cast("Quote", self).get_absolute_url()

    @property
    def reference(self) -> str:
        return str(self)

    @property
    def state_in_words(self) -> str:
        return str(cast("Quote", self).get_state_display())
