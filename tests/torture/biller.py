"""One of the processes of row 16: its threads file, save, bill and issue."""

import os
import random
import sys
import threading
from decimal import Decimal

import django
from django.utils.module_loading import import_string


def bill_for_ever(dice: random.Random) -> None:
    from django.db import transaction

    from accounts.models import User
    from invoices.documents.drafts import write_lines
    from invoices.documents.issuing import issue
    from invoices.locking import lock_invoice
    from invoices.models import Invoice, InvoiceLine
    from repairs_restorals.models import ServiceTicket, Status

    customer = User.objects.get(email="row16@example.com")
    while True:
        ticket = ServiceTicket(customer=customer, title="Clock", description="It stands.")
        ticket.save()
        ticket.save()
        price = Decimal(dice.randrange(1, 10_000)) / 100
        with transaction.atomic():
            invoice = lock_invoice(Invoice.objects.get(ticket=ticket).pk)
            write_lines(invoice, [InvoiceLine(description="Work", price=price, tax_rate=19)])
            ServiceTicket.objects.filter(pk=ticket.pk).update(status=Status.READY)
        if dice.random() < 0.2:
            with transaction.atomic():
                issue(invoice_id=invoice.pk)
                transaction.set_rollback(True)
        issue(invoice_id=invoice.pk)
        # Somebody presses the button of another's invoice once more.
        before = Invoice.objects.filter(pk__lte=invoice.pk - dice.randrange(50), total__gt=0)
        if other := before.order_by("-pk").first():
            issue(invoice_id=other.pk)


if __name__ == "__main__":
    django.setup()
    if control := os.environ["CONTROL"]:
        import_string(f"tests.torture.{control}")()
    seed, threads = map(int, sys.argv[1:])
    crew = [
        threading.Thread(target=bill_for_ever, args=[random.Random(seed + number)], daemon=True)
        for number in range(threads)
    ]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
