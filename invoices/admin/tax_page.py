"""Staff say whose VAT is in an order, on the page of its invoice."""

from typing import ClassVar

from django.utils.translation import gettext as _

from invoices.admin.forms import TaxForm
from invoices.admin.invoice_page import InvoiceAction
from invoices.models import Invoice
from invoices.orders.taxing import Way, decide_tax
from invoices.rights import MAY_CHANGE
from money.filters import money


class DecideTax(InvoiceAction):
    form = TaxForm
    permissions: ClassVar[list[str]] = MAY_CHANGE

    def act(self, invoice: Invoice, form: TaxForm) -> str:
        decided = decide_tax(
            invoice_id=invoice.pk,
            version=form.cleaned_data["version"],
            way=Way(form.cleaned_data["way"]),
            note=form.cleaned_data["note"],
            actor=self.user,
        )
        return _("It comes to %s now.") % money(decided.total, decided.currency)
