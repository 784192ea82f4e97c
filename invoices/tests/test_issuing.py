from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from invoices.documents.credit_notes import Credit, credit
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue, issue_due, take_number
from invoices.documents.pdf import content_of
from invoices.exceptions import AboveCap, InvoiceFrozen, NothingToPay, TooMuch
from invoices.models import Invoice, InvoiceEvent, InvoiceLine, NumberSeries, Payment
from invoices.payments.ledger import Received, record_payment, record_refund
from invoices.tests.test_workshop_invoices import BooksBurnt, fail, listening
from mail.models import Mail
from repairs_restorals.tests.factories import make_ticket
from store.models import Item, Order, OrderLine, OrderStage, ShopProfile
from store.models.profile import MARGIN_NOTE
from store.tests.factories import make_item, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]


@pytest.fixture
def draft(clock: Item) -> Invoice:
    """Of an order of one clock, 120.00."""
    return bill_order(make_order(clock), site="https://shop.example.com")


@pytest.fixture
def issued(draft: Invoice) -> Invoice:
    return issue(invoice_id=draft.pk)


def test_the_first_of_a_year_is_number_one(issued: Invoice) -> None:
    assert issued.number == f"{issued.issued_on:%Y}-0001"
    assert issued.total == Decimal("120.00")
    assert issued.snapshot["buyer"]["name"] == "Alice"


def test_issuing_twice_takes_one_number(issued: Invoice) -> None:
    assert issue(invoice_id=issued.pk).number == issued.number
    assert NumberSeries.objects.get().last == 1
    assert issued.events.get(kind=InvoiceEvent.Kind.ISSUED).note == issued.number


def test_its_address_stays_the_same(draft: Invoice) -> None:
    assert issue(invoice_id=draft.pk).secret == draft.secret


def test_what_is_undone_leaves_no_gap(draft: Invoice) -> None:
    with transaction.atomic():
        issue(invoice_id=draft.pk)
        transaction.set_rollback(True)

    assert str(issue(invoice_id=draft.pk).number).endswith("-0001")


def test_the_shop_chooses_what_numbers_begin_with(draft: Invoice) -> None:
    ShopProfile.objects.update_or_create(pk=1, defaults={"invoice_prefix": "R"})
    ShopProfile.get_solo().save()

    assert str(issue(invoice_id=draft.pk).number).startswith("R2")


def test_the_model_refuses_to_change_what_is_issued(issued: Invoice) -> None:
    line = issued.lines.get()
    for change in (issued.save, issued.delete, line.save, line.delete):
        with pytest.raises(InvoiceFrozen):
            change()


CHANGES = [
    "UPDATE invoices_invoice SET total = 1",
    "UPDATE invoices_invoice SET number = NULL, issued_at = NULL",
    "DELETE FROM invoices_invoice",
    "UPDATE invoices_invoiceline SET price = 1",
    "UPDATE invoices_invoiceline SET invoice_id = (SELECT max(id) FROM invoices_invoice)",
    "DELETE FROM invoices_invoiceline",
    (
        "INSERT INTO invoices_invoiceline (invoice_id, description, quantity, price, tax_rate) "
        "SELECT invoice_id, description, quantity, price, tax_rate FROM invoices_invoiceline"
    ),
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_it_too(issued: Invoice, change: str, alice: User) -> None:
    make_ticket(alice)
    with (
        pytest.raises(IntegrityError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_drafts_may_still_be_changed(draft: Invoice) -> None:
    InvoiceLine.objects.update(price=F("price") + 1)
    Invoice.objects.update(deposit=5)

    assert draft.lines.get().price == Decimal("121.00")


def test_what_was_cancelled_is_not_issued(draft: Invoice) -> None:
    Order.objects.update(state="cancelled")

    with pytest.raises(NothingToPay):
        issue(invoice_id=draft.pk)


def test_a_draft_without_lines_is_not_issued(alice: User) -> None:
    make_ticket(alice)

    with pytest.raises(NothingToPay):
        issue(invoice_id=Invoice.objects.get().pk)


def test_a_credit_note_takes_all_back_under_a_number_of_its_own(issued: Invoice) -> None:
    note = credit(invoice_id=issued.pk, reason="returned", actor=None)

    assert str(note.number).startswith("C2")
    assert (note.total, note.site) == (Decimal("-120.00"), issued.site)
    invoice = Invoice.objects.get(pk=issued.pk)
    assert (invoice.balance, invoice.state) == (Decimal(0), Invoice.State.CANCELLED)
    assert OrderLine.objects.get().taken_back_at


def test_a_credit_note_that_nobody_can_be_told_of_is_none(issued: Invoice) -> None:
    with listening(fail, Mail), pytest.raises(BooksBurnt):
        credit(invoice_id=issued.pk, reason="returned", actor=None)

    assert Invoice.objects.get() == issued
    assert not NumberSeries.objects.filter(prefix="C").exists()


def test_parts_are_credited_until_nothing_is_left(issued: Invoice) -> None:
    line = issued.lines.get().pk
    credit(invoice_id=issued.pk, parts=[Credit(line, Decimal("20.01"))], reason="", actor=None)
    with pytest.raises(TooMuch):
        credit(invoice_id=issued.pk, parts=[Credit(line, Decimal(100))], reason="", actor=None)
    credit(invoice_id=issued.pk, reason="", actor=None)

    assert Invoice.objects.get(pk=issued.pk).payable == 0
    with pytest.raises(NothingToPay):
        credit(invoice_id=issued.pk, reason="", actor=None)


def test_a_draft_is_not_credited(draft: Invoice) -> None:
    with pytest.raises(NothingToPay):
        credit(invoice_id=draft.pk, reason="", actor=None)


def test_of_the_margin_scheme_no_tax_is_shown(db: None) -> None:
    item = make_item(tax_scheme=Item.TaxScheme.MARGIN, shipping=Decimal(10))
    invoice = issue(invoice_id=bill_order(make_order(item)).pk)

    assert invoice.taxes == {}
    assert "Margin scheme" in " ".join(invoice.snapshot["notes"])


@pytest.mark.parametrize("emptied", ["", " "])
def test_no_other_words_stand_in_place_of_those_of_the_law(db: None, emptied: str) -> None:
    ShopProfile.objects.create(margin_note=emptied, invoice_note="Thank you")
    item = make_item(tax_scheme=Item.TaxScheme.MARGIN)
    document = content_of(issue(invoice_id=bill_order(make_order(item)).pk))

    assert document.legal == [MARGIN_NOTE]
    assert document.notes == ["Thank you"]


def test_at_the_standard_rate_the_tax_is_in_the_price(issued: Invoice) -> None:
    assert issued.taxes == {Decimal("19.00"): Decimal("19.16")}


def test_what_should_be_issued_and_is_not_the_timer_issues(clock: Item) -> None:
    # As a web process of the version before leaves it: paid, without lines.
    Invoice.objects.create(order=make_order(clock, paid=True))

    assert issue_due() == 1
    assert issue_due() == 0
    assert Invoice.objects.get().total == Decimal("120.00")


def test_what_is_never_billed_or_has_to_wait_stands_in_no_ones_way(
    clock: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invoices.documents.issuing.ISSUED_PER_ROUND", 1)
    gift = bill_order(make_order(make_item(price=Decimal(0)), paid=True))
    waits, due, later = (bill_order(make_order(make_item(), paid=True)) for _ in range(3))
    assert [*Invoice.objects.to_issue().order_by("pk")] == [waits, due, later]
    assert not gift.total

    def refuse(invoice: Invoice) -> None:
        if invoice.pk == waits.pk:
            raise AboveCap(Decimal(1), "EUR")

    monkeypatch.setattr("invoices.documents.issuing.check_cap", refuse)

    assert issue_due() == 1
    assert [*Invoice.objects.to_issue().order_by("pk")] == [waits, later]
    assert issue_due() == 1
    assert [*Invoice.objects.to_issue()] == [waits]


def test_what_was_opened_without_an_address_has_one_when_it_is_issued(clock: Item) -> None:
    # As a web process of the version before writes it during a deploy.
    invoice = Invoice.objects.create(order=make_order(clock, paid=True), secret=None)

    assert issue(invoice_id=invoice.pk).secret


def test_numbers_wait_for_each_other(db: None) -> None:
    first, second = take_number("T"), take_number("T")

    assert first.at <= second.at
    assert [taken.number[-4:] for taken in (first, second)] == ["0001", "0002"]


def test_each_year_counts_for_itself(db: None) -> None:
    NumberSeries.objects.create(prefix="T", year=2001, last=7)

    assert take_number("T").number.endswith("-0001")


@pytest.mark.parametrize("left", ["0", "0.50", "120"])
def test_what_is_paid_already_is_due_at_once(alice: User, left: str) -> None:
    draft = Invoice.objects.get(ticket=make_ticket(alice))
    draft.lines.create(description="Glue", price=Decimal(120), tax_rate=Decimal(19))
    came = Decimal(120) - Decimal(left)
    if came:
        draft.payments.create(amount=came, currency="EUR", received_on=timezone.localdate())

    invoice = issue(invoice_id=draft.pk)

    time = ShopProfile.get_solo().time_to_pay if invoice.balance else timedelta()
    assert (invoice.balance, invoice.due_on) == (Decimal(left), timezone.localdate() + time)


def test_what_the_database_adds_up_is_the_balance(issued: Invoice, alice: User) -> None:
    make_ticket(alice)
    bill_order(make_order(make_item(title="Vase"), state="cancelled"))
    credit(
        invoice_id=issued.pk,
        parts=[Credit(issued.lines.get().pk, Decimal("0.10"))],
        reason="",
        actor=None,
    )

    found: Any = Invoice.objects.with_balance()
    assert [invoice.balance_due for invoice in found] == [invoice.balance for invoice in found]


def test_order_and_invoice_name_one_day(clock: Item) -> None:
    order = make_order(clock, payment_due_at=timezone.now() + timedelta(days=9))

    invoice = issue(invoice_id=bill_order(order).pk)

    assert invoice.due_on == timezone.localdate(order.payment_due_at)


def test_today_is_a_day_to_pay_on(clock: Item) -> None:
    order = make_order(clock, payment_due_at=timezone.now())

    assert issue(invoice_id=bill_order(order).pk).due_on == timezone.localdate()


def test_a_day_that_has_passed_is_a_new_one_for_both(clock: Item) -> None:
    another = make_order(make_item())
    order = make_order(clock, payment_due_at=timezone.now() - timedelta(days=9))

    invoice = issue(invoice_id=bill_order(order).pk)

    order.refresh_from_db()
    assert invoice.due_on == timezone.localdate(order.payment_due_at)
    assert invoice.due_on > timezone.localdate()
    assert Order.objects.get(pk=another.pk).payment_due_at == another.payment_due_at


def test_what_was_paid_and_is_owed_again_is_due_on_the_day_of_its_order(clock: Item) -> None:
    order = make_order(clock, payment_due_at=timezone.now() + timedelta(days=7))
    draft = bill_order(order)
    paid = Received(Decimal(120), Payment.Method.CASH, timezone.localdate())
    record_payment(invoice_id=draft.pk, received=paid, actor=None)
    record_refund(invoice_id=draft.pk, received=paid, actor=None)

    invoice = Invoice.objects.get(pk=draft.pk)
    order.refresh_from_db()
    assert invoice.due_on == timezone.localdate(order.payment_due_at)
    assert (order.stage, invoice.balance) == (OrderStage.OWED, Decimal(120))
