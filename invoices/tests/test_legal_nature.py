"""What the nature of things and the day of supply do to invoices."""

from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from invoices.documents.credit_notes import credit
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.documents.pdf import content_of
from invoices.models import Invoice
from invoices.tests.admin_steps import make_invoice
from store.models import Order
from store.services import transition_order
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db


def test_at_the_reduced_rate_its_tax_is_in_the_price() -> None:
    invoice = make_invoice(make_item(price=Decimal(107), tax_scheme="reduced", shipping=None))

    assert invoice.taxes == {Decimal(7): Decimal(7)}


@pytest.mark.parametrize(
    ("nature", "phrase"),
    [
        ("", "Margin scheme – second-hand goods"),
        ("art", "Margin scheme – works of art"),
        ("collectible", "Margin scheme – collector’s items and antiques"),
    ],
)
def test_the_phrase_is_that_of_the_things(nature: str, phrase: str) -> None:
    invoice = make_invoice(make_item(tax_scheme="margin", nature=nature))

    assert content_of(invoice).legal == [phrase]


def test_things_of_other_schemes_have_no_phrase() -> None:
    order = make_order(make_item(tax_scheme="margin", nature="art"))
    piece = make_item(nature="collectible").pieces.get()
    order.lines.create(piece=piece, title="Stamps", price=Decimal(10), shipping=0)

    invoice = issue(invoice_id=bill_order(order).pk)

    assert content_of(invoice).legal == ["Margin scheme – works of art"]


def supply_of(invoice: Invoice) -> str:
    rows = content_of(invoice).facts
    return next((row[1] for row in rows if row[0] == "Date of supply"), "")


def test_what_is_paid_before_says_that_its_supply_comes() -> None:
    assert supply_of(make_invoice()) == "to come, after this invoice"
    assert supply_of(make_invoice(issued=False)) == ""


def test_what_was_handed_out_says_when(sam: User) -> None:
    order = make_order(make_item(), paid=True)
    draft = bill_order(order)
    transition_order(order_id=order.pk, transition=Order.Transition.COLLECT, actor=sam)

    invoice = issue(invoice_id=draft.pk)

    assert supply_of(invoice) == date_format(timezone.localdate(), "DATE_FORMAT")
    # As it was issued, whatever becomes of the order.
    Order.objects.update(state=Order.State.OPEN)
    assert supply_of(Invoice.objects.get(pk=invoice.pk)) != "to come, after this invoice"


def test_at_the_counter_it_is_the_day_of_the_sale() -> None:
    order = make_order(make_item(), bag_key="till 1", payment_method="shop")

    assert issue(invoice_id=bill_order(order).pk).snapshot["supplied_on"]


def test_a_credit_note_names_none() -> None:

    note = credit(invoice_id=make_invoice().pk, reason="", actor=None)

    assert "supplied_on" not in note.snapshot
