"""Faults in what stands on invoices, and in who sees them."""

from tests.torture.mutants.fault import Edit, Fault

VIEWS = "invoices/documents/views.py"

FOREIGN = "20 No foreign object anywhere"

PAGES = "invoices/tests/test_invoice_views.py"

FAULTS = [
    Fault(
        "the invoices of everybody",
        FOREIGN,
        PAGES,
        Edit(
            VIEWS,
            "Invoice.objects.for_customer(cast(User, self.request.user)).with_parts()",
            "Invoice.objects.with_parts()",
        ),
    ),
]
