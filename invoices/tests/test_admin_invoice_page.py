"""An invoice's page in the admin, and the forms on it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.factories import mails_sent
from invoices.documents.credit_notes import Credit, credit
from invoices.models import Invoice, InvoiceEvent, Payment
from invoices.tests.admin_steps import (
    action,
    again,
    cash,
    form_on_page,
    make_invoice,
    messages_in,
    page_of,
    send,
)
from repairs_restorals.tests.factories import make_ticket
from store.models import Order

pytestmark = pytest.mark.django_db
FORMS = ["payment", "back", "refund", "remind", "mail", "issue", "restock"]


@pytest.fixture
def issued(db: None) -> Invoice:
    """Of an order of one clock, 120.00."""
    return make_invoice()


@pytest.fixture
def staff_client(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def paid(invoice: Invoice, amount: str, **fields: Any) -> Payment:
    return Payment.objects.create(invoice=invoice, **{**cash(amount), **fields})


def test_a_payment_in_part_and_then_the_rest(
    staff_client: Client, sam: User, issued: Invoice
) -> None:
    answer = send(staff_client, issued, "payment", amount="50", method="cash", reference="Till 7")
    assert messages_in(answer) == "Recorded: €50.00. Still to be paid: €70.00."
    answer = send(staff_client, issued, "payment", method="transfer")

    assert messages_in(answer) == "Recorded: €70.00. It is paid."
    first, second = issued.payments.all()
    assert (first.reference, first.actor, first.method) == ("Till 7", sam, "cash")
    assert second.amount == Decimal(70)
    assert again(issued).state == Invoice.State.PAID
    assert Order.objects.get().paid_at
    event = InvoiceEvent.objects.filter(kind="paid").first()
    assert event is not None
    assert event.actor == sam


def test_the_page_says_who_recorded_what(staff_client: Client, issued: Invoice) -> None:
    answer = send(staff_client, issued, "payment", amount="50", reference="Till 7")

    for text in ("Till 7", "Sam, ", "payment recorded: €50.00, bank transfer", "€70.00"):
        assert text in answer.content.decode()


def test_more_than_is_due_is_asked_about(staff_client: Client, issued: Invoice) -> None:
    answer = send(staff_client, issued, "payment", amount="100,000", reference="Till 7")

    text = answer.content.decode()
    assert "Only €120.00 is left to pay." in text
    assert "Till 7" in text
    assert not issued.payments.exists()


def test_more_than_is_due_is_taken_and_said(staff_client: Client, issued: Invoice) -> None:
    answer = send(staff_client, issued, "payment", amount="130", more="on")

    assert messages_in(answer) == "Recorded: €130.00. That is €10.00 too much."
    assert again(issued).state == Invoice.State.OVERPAID


def test_a_payment_of_long_ago_is_a_slip_of_the_pen(staff_client: Client, issued: Invoice) -> None:
    answer = send(staff_client, issued, "payment", received_on="1990-01-01")

    assert "This day is more than a year ago." in answer.content.decode()
    assert not issued.payments.exists()


def test_a_second_click_records_nothing_more(staff_client: Client, issued: Invoice) -> None:
    data = form_on_page(staff_client, issued, "payment")
    for _click in range(2):
        answer = staff_client.post(action(issued, "payment"), data, follow=True)

    assert messages_in(answer) == "Recorded: €120.00. It is paid."
    assert issued.payments.count() == 1


def test_an_old_page_records_nothing(staff_client: Client, issued: Invoice) -> None:
    old = form_on_page(staff_client, issued, "payment") | {"payment-reference": "typed"}
    send(staff_client, issued, "payment")

    answer = staff_client.post(action(issued, "payment"), old)

    assert issued.payments.count() == 1
    assert "something else has happened" in messages_in(answer)
    assert 'value="typed"' in answer.content.decode()


def test_what_was_seen_anew_can_be_sent_again(staff_client: Client, issued: Invoice) -> None:
    old = form_on_page(staff_client, issued, "payment") | {"payment-amount": "50"}
    send(staff_client, issued, "payment", amount="20")
    form = staff_client.post(action(issued, "payment"), old).context["forms"]["payment"]

    staff_client.post(action(issued, "payment"), form.data)

    assert again(issued).balance == Decimal(50)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "1.005"}, "amount"),
        ({"amount": "9999999999"}, "amount"),
        ({"received_on": timezone.localdate() + timedelta(days=2)}, "received_on"),
        ({"received_on": "yesterday"}, "received_on"),
        ({"method": "card"}, "method"),
        ({"reference": "x" * 201}, "reference"),
    ],
)
def test_nonsense_is_refused_beside_its_field(
    staff_client: Client, issued: Invoice, typed: dict[str, Any], field: str
) -> None:
    answer = send(staff_client, issued, "payment", **typed)

    assert list(answer.context["forms"]["payment"].errors) == [field]
    assert not issued.payments.exists()


def test_money_that_went_back_is_recorded(staff_client: Client, sam: User, issued: Invoice) -> None:
    paid(issued, "130")
    answer = send(staff_client, issued, "back")

    assert messages_in(answer) == "Recorded: €10.00 went back."
    assert again(issued).balance == 0
    assert mails_sent()[-1].to == ["alice@example.com"]


def test_no_more_goes_back_than_came(staff_client: Client, issued: Invoice) -> None:
    paid(issued, "20")
    answer = send(staff_client, issued, "back", amount="20.01", again="on")

    assert answer.context["forms"]["back"].errors["amount"] == [
        "At most €20.00: more was not paid in this way."
    ]
    assert again(issued).paid == Decimal(20)


def test_nobody_owes_again_what_was_given_back_unless_staff_say_so(
    staff_client: Client, issued: Invoice
) -> None:
    paid(issued, "130")
    answer = send(staff_client, issued, "back", amount="10.01")

    assert "issue a credit note first" in str(answer.context["forms"]["back"].errors["again"])
    assert again(issued).balance == -10

    send(staff_client, issued, "back", amount="130", again="on")
    assert again(issued).balance == 120


def test_the_page_says_what_was_paid_too_much(staff_client: Client, issued: Invoice) -> None:
    paid(issued, "120")
    assert "Nothing was paid too much" in staff_client.get(page_of(issued)).content.decode()

    paid(issued, "7")
    assert "€7.00 was paid too much" in staff_client.get(page_of(issued)).content.decode()


def test_money_goes_back_once_for_two_clicks(staff_client: Client, issued: Invoice) -> None:
    paid(issued, "120")
    data = form_on_page(staff_client, issued, "back") | {"back-amount": "120", "back-again": "on"}
    for _click in range(2):
        answer = staff_client.post(action(issued, "back"), data, follow=True)

    assert messages_in(answer) == "Recorded: €120.00 went back."
    assert again(issued).paid == 0


def test_a_reminder_is_mailed_and_remembered(
    staff_client: Client, sam: User, issued: Invoice
) -> None:
    answer = send(staff_client, issued, "remind")

    assert messages_in(answer) == "The reminder goes to alice@example.com."
    assert "Reminder" in mails_sent()[-1].subject
    assert issued.events.get(kind="reminded").actor == sam
    assert "The last one went on" in answer.content.decode()


def test_two_clicks_send_one_reminder(staff_client: Client, issued: Invoice) -> None:
    data = form_on_page(staff_client, issued, "remind")
    for _click in range(2):
        staff_client.post(action(issued, "remind"), data)

    assert issued.events.filter(kind="reminded").count() == 1


def test_of_what_is_paid_nobody_is_reminded(staff_client: Client, issued: Invoice) -> None:
    data = form_on_page(staff_client, issued, "remind")
    paid(issued, "120")
    data["remind-version"] = form_on_page(staff_client, issued, "mail")["mail-version"]

    answer = staff_client.post(action(issued, "remind"), data)

    assert "there is nothing to do that for" in messages_in(answer)
    assert not issued.events.filter(kind="reminded").exists()


def test_an_unpaid_order_is_reminded_of_before_it_has_an_invoice(
    staff_client: Client, db: None
) -> None:
    draft = make_invoice(issued=False)
    send(staff_client, draft, "remind")

    assert draft.order is not None
    assert draft.order.reference in mails_sent()[-1].subject


def test_an_invoice_is_mailed_again(staff_client: Client, issued: Invoice) -> None:
    before = len(mails_sent())
    answer = send(staff_client, issued, "mail")

    assert messages_in(answer) == "It goes to alice@example.com once more."
    assert str(issued.number) in str(mails_sent()[before].subject)
    assert issued.events.filter(kind="mailed").exists()


def test_an_order_is_billed_before_it_is_paid(staff_client: Client, sam: User, db: None) -> None:
    draft = make_invoice(issued=False)
    answer = send(staff_client, draft, "issue")

    assert messages_in(answer).startswith("Issued as 20")
    assert again(draft).events.get(kind="issued").actor == sam


def test_what_is_issued_twice_was_issued_once(staff_client: Client, db: None) -> None:
    draft = make_invoice(issued=False)
    data = form_on_page(staff_client, draft, "issue")
    staff_client.post(action(draft, "issue"), data)

    answer = staff_client.post(action(draft, "issue"), data)

    issued = again(draft)
    assert f"It is issued already, as {issued.number}." in messages_in(answer)
    assert issued.events.filter(kind="issued").count() == 1


def test_work_that_is_not_done_is_not_billed(staff_client: Client, alice: User) -> None:
    invoice = make_ticket(alice, status="approved").invoice
    Invoice.objects.update(total=50)

    answer = staff_client.post(action(invoice, "issue"), {"issue-version": "None/None/50.00/50.00"})

    assert "there is nothing to do that for" in messages_in(answer)
    assert again(invoice).is_draft


@pytest.mark.parametrize("name", [*FORMS, "credit"])
def test_the_workshop_looks_and_does_nothing(
    client: Client, wren: User, issued: Invoice, name: str
) -> None:
    client.force_login(wren)
    page = client.get(page_of(issued)).content.decode()

    assert action(issued, name) not in page
    assert client.post(action(issued, name)).status_code == 403


@pytest.mark.parametrize("name", [*FORMS, "credit"])
def test_customers_are_sent_to_the_log_in(
    client: Client, alice: User, issued: Invoice, name: str
) -> None:
    for user in (None, alice):
        if user:
            client.force_login(user)
        assert "/admin/login/" in client.post(action(issued, name)).headers["Location"]
    assert "/admin/login/" in client.get(page_of(issued)).headers["Location"]


@pytest.mark.parametrize("name", FORMS)
def test_nothing_is_done_by_looking(admin_client: Client, issued: Invoice, name: str) -> None:
    assert admin_client.get(action(issued, name)).status_code == 405


@pytest.mark.parametrize("name", [*FORMS, "credit"])
def test_what_is_not_there_is_not_found(admin_client: Client, name: str, db: None) -> None:
    for number in (4711, 2**70):
        url = f"/admin/invoices/invoice/{number}/{name}/"
        assert admin_client.post(url).status_code == 404
    assert admin_client.get("/admin/invoices/invoice/x/change/").status_code == 404


def test_a_card_is_refunded_by_managers_only(staff_client: Client, issued: Invoice) -> None:
    assert staff_client.post(action(issued, "refund")).status_code == 403


def test_a_page_full_of_everything_asks_few_questions(
    admin_client: Client, issued: Invoice, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    line = issued.lines.get().pk
    for number in range(5):
        paid(issued, "5", reference=f"Slip {number}")
        credit(invoice_id=issued.pk, parts=[Credit(line, Decimal(1))], reason="", actor=None)

    with django_assert_max_num_queries(24):
        page = admin_client.get(page_of(issued)).content.decode()

    assert "Slip 4" in page
    assert "€90.00" in page


def test_a_credit_note_offers_nothing_but_its_mail(admin_client: Client, issued: Invoice) -> None:
    note = credit(invoice_id=issued.pk, reason="Broken", actor=None)
    page = admin_client.get(page_of(note))

    assert list(page.context["forms"]) == ["mail"]
    assert str(issued.number) in page.content.decode()
    data = {**form_on_page(admin_client, note, "mail"), "payment-amount": "5"}
    data |= {f"payment-{name}": value for name, value in cash("5").items()}
    data |= {"payment-version": data["mail-version"], "payment-idempotency_key": "1"}
    assert "nothing to do that for" in messages_in(admin_client.post(action(note, "payment"), data))
    assert not note.payments.exists()


def test_secrets_of_stripe_are_not_shown(admin_client: Client, issued: Invoice) -> None:
    soon = timezone.now() + timedelta(minutes=30)
    url = "https://checkout.example.com/cs_secret"
    attempt = issued.attempts.create(amount=120, url=url, expires_at=soon)

    page = admin_client.get(page_of(issued)).content.decode()

    assert "asked for" in page
    assert attempt.idempotency_key not in page
    assert "cs_secret" not in page


def test_a_payment_from_a_page_left_open_is_told_once_what_is_left(
    staff_client: Client, issued: Invoice
) -> None:
    data = form_on_page(staff_client, issued, "payment")
    send(staff_client, issued, "payment", amount="50")

    answer = staff_client.post(action(issued, "payment"), data)

    assert "€70.00 is left to pay." in messages_in(answer)
    assert answer.content.decode().count("since you opened this page") == 1
    assert issued.payments.count() == 1
