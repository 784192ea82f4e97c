"""Invoices stay as they were issued, for as long as books must; what else there is of them goes.

Commercial and tax law asks for the name on them: Article 17(3)(b) of Regulation (EU) 2016/679.
"""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.erasing import ERASERS, Eraser, erase_mails, hide_in_admin_log
from accounts.models import ERASED
from accounts.personal_data import Person
from accounts.secrets import new_secret
from invoices.models import Invoice, InvoiceEvent, Payment, Refund, Withdrawal
from invoices.names import names_of
from invoices.personal_data import withdrawals as shown_withdrawals
from mail.models import Mail
from mail.outbox import EVENTS
from repairs_restorals.models import ServiceTicket
from store.personal_data import orders

WITHDRAWALS = "invoices.withdraw"


def of_contracts(person: Person) -> Q:
    tickets = ServiceTicket.objects.filter(customer=person.user or 0)
    return Q(order__in=orders(person)) | Q(ticket__in=tickets)


def withdrawals(person: Person) -> QuerySet[Withdrawal]:
    """Theirs, and those that others have declared of their contracts."""
    return Withdrawal.objects.filter(of_contracts(person) | person.written())


def under_way(person: Person) -> Iterator[str]:
    for invoice in Invoice.objects.with_parts().filter(of_contracts(person)):
        if invoice.overpaid:
            yield _("%s: we owe you money.") % invoice
        elif not invoice.is_draft and (invoice.due_now or invoice.balance > 0):
            yield str(invoice)
    # Such as one that waits for the shop's own address: it is to name who has bought.
    for invoice in Invoice.objects.to_issue().filter(of_contracts(person), total__gt=0):
        yield str(invoice)
    shown = {*shown_withdrawals(person)}
    for withdrawal in withdrawals(person).filter(closed_at=None):
        # Somebody else has perhaps typed their words into it.
        yield str(withdrawal) if withdrawal in shown else _("A withdrawal.")


def erase(person: Person) -> None:
    Mail.objects.filter(about__in=names_of_contracts(person)).delete()
    declared = withdrawals(person)
    erase_mails(person, declared, [event for event in EVENTS if event.startswith(WITHDRAWALS)])
    for withdrawal in declared.exclude(order=None).annotate(asked=F("order__email")):
        # That which asks whether it is theirs.
        about = {"about": str(withdrawal)[:200], "to": withdrawal.asked}
        Mail.objects.filter(event__startswith=WITHDRAWALS, **about).delete()
    Invoice.objects.drafts().filter(of_contracts(person)).update(snapshot={})
    forget_withdrawals(list(declared.values_list("pk", flat=True)))


def names_of_contracts(person: Person) -> set[str]:
    """What mails say that they are about, wherever they went: another address than the person's."""
    tickets = ServiceTicket.objects.filter(customer=person.user or 0)
    found = {str(order) for order in orders(person)} | {each.reference for each in tickets}
    invoices = Invoice.objects.with_parts().filter(of_contracts(person))
    for code, _name in settings.LANGUAGES:
        # That of a draft differs by language.
        with override(code):
            found |= {name for invoice in invoices for name in names_of(invoice)}
    return found


def forget_withdrawals(keys: list[int]) -> None:
    """That somebody withdrew stays, and how it ended."""
    bare = {"name": ERASED, "contract": ERASED, "things": "", "email": ""}
    for key in keys:
        # Nobody gets in by a link of before.
        Withdrawal.objects.filter(pk=key).update(**bare, secret=new_secret())
    hide_in_admin_log(Withdrawal, keys)


def forget_invoices(keys: list[int]) -> None:
    """Once the law does not ask for them any more: numbers and sums stay, and add up."""
    for invoice in Invoice.objects.with_parts().filter(pk__in=keys):
        nobody = {"name": ERASED, "email": "", "lines": []}
        subject = invoice.subject.reference if invoice.subject else ERASED
        snapshot = {**invoice.snapshot, "buyer": nobody, "subject": subject}
        Invoice.objects.filter(pk=invoice.pk).update(snapshot=snapshot, reason="")
    InvoiceEvent.objects.filter(invoice__in=keys).update(note="")
    Payment.objects.filter(invoice__in=keys, attempt=None).update(reference="")
    Refund.objects.filter(attempt__invoice__in=keys).update(reason="")
    hide_in_admin_log(Invoice, keys)


# First: it finds what is somebody's by what the others take away.
ERASERS.insert(0, Eraser(under_way, erase))
