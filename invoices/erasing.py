"""Invoices stay as they were issued, for as long as books must; what else there is of them goes.

Commercial and tax law asks for the name on them: Article 17(3)(b) of Regulation (EU) 2016/679.
"""

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from accounts.erasing import ERASED, ERASERS, Eraser
from accounts.personal_data import Person
from invoices.models import Invoice, Withdrawal
from invoices.personal_data import invoices
from repairs_restorals.models import ServiceTicket
from store.personal_data import orders


def of_contracts(person: Person) -> Q:
    tickets = ServiceTicket.objects.filter(customer=person.user or 0)
    return Q(order__in=orders(person)) | Q(ticket__in=tickets)


def withdrawals(person: Person) -> QuerySet[Withdrawal]:
    """Theirs, and those that others have declared of their contracts."""
    return Withdrawal.objects.filter(of_contracts(person) | person.written())


def under_way(person: Person) -> Iterator[str]:
    for invoice in invoices(person):
        if invoice.due_now:
            yield str(invoice)
    for withdrawal in withdrawals(person).filter(closed_at=None):
        yield str(withdrawal)


def erase(person: Person) -> None:
    Invoice.objects.drafts().filter(of_contracts(person)).update(snapshot={})
    withdrawals(person).update(name=ERASED, contract=ERASED, things="", email="")


# First: it finds what is somebody's by what the others take away.
ERASERS.insert(0, Eraser(under_way, erase))
