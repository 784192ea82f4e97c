"""New links to an order, when those before are in a mailbox that is not its customer's."""

from collections.abc import Callable
from datetime import date
from re import Match
from typing import Any, NamedTuple

from accounts.linked import LinkMixin, digest_of
from accounts.links import dated_link, read_link
from accounts.secrets import new_secret
from invoices.mail.confirm_links import token_of
from invoices.mail.order_keys import CANCEL, OTHERWISE
from invoices.models import Invoice
from invoices.withdrawals.contracts import ORDER_POWER
from store.models import Order
from typed.secret_links import SECRET

POWERS = {Order: [Order.POWER, CANCEL, OTHERWISE, ORDER_POWER], Invoice: [Invoice.POWER]}


class Renewed(NamedTuple):
    """A row with a new link, and what the links before were derived of."""

    row: LinkMixin
    nonce: str

    def instead_of(self, link: str) -> str | None:
        """What takes the place of a link to this row; None for one to something else."""
        if digest_of(link) == self.nonce:
            return self.row.link
        dated = read_link(link)
        if dated is None or dated.pk != self.row.pk:
            return None
        for power in POWERS[type(self.row)]:
            if dated.opens(power, self.nonce):
                day = date.fromordinal(dated.day)
                return dated_link(power, self.row.pk, str(self.row.nonce), on=day)
        return None


def renew_links(invoice: Invoice, order: Order, email: str) -> Callable[[str], str]:
    """Let what was mailed to `email` open an order no more; return what mends a text of a mail.

    So it is with a draft. What is issued is never changed, and neither is its link: it shows what
    was sent with it.
    """
    renewed = [renew(order, secret=new_secret(), first_link=None)]
    if invoice.issued_at is None:
        renewed.append(renew(invoice, secret=new_secret()))
    token = token_of(order, email)

    def anew(found: Match[str]) -> str:
        link = found[0]
        if link == token:
            return token_of(order)
        return next(filter(None, (each.instead_of(link) for each in renewed)), link)

    return lambda text: SECRET.sub(anew, text)


def renew(row: Any, **values: Any) -> Renewed:
    before = Renewed(row, str(row.nonce))
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=[*values])
    return before
