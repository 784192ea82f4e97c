"""All who move money queue here: at what an invoice is for, then at it, then at its attempts."""

from invoices.models import Invoice, PaymentAttempt
from repairs_restorals.services import lock_ticket
from store.models import Order
from store.versions import check_version


def lock_invoice(invoice_id: int) -> Invoice:
    """Lock what an invoice is for, then the invoice itself."""
    found = Invoice.objects.values("order", "ticket").get(pk=invoice_id)
    if found["order"]:
        Order.objects.select_for_update().get(pk=found["order"])
    if found["ticket"]:
        lock_ticket(found["ticket"])
    locked = Invoice.objects.select_for_update(of=["self"]).select_related("order", "ticket")
    return locked.get(pk=invoice_id)


def lock_version(invoice_id: int, version: str) -> Invoice:
    """Lock an invoice that somebody has looked at. Raises VersionChanged."""
    invoice = lock_invoice(invoice_id)
    check_version(invoice, version)
    return invoice


def lock_attempt(attempt_id: int) -> tuple[Invoice, PaymentAttempt]:
    """Lock what an attempt is for, its invoice, and then the attempt."""
    found = PaymentAttempt.objects.values_list("invoice", flat=True).get(pk=attempt_id)
    invoice = lock_invoice(found)
    return invoice, PaymentAttempt.objects.select_for_update().get(pk=attempt_id)
