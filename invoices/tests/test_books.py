"""The accountant's files, the pages of the books, and what the front page says."""

import csv
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from invoices.documents.credit_notes import Credit, credit
from invoices.models import Invoice, Payment, Refund
from invoices.tests.admin_steps import cash, make_invoice, make_overdue, page_of, send
from store.csv_files import cell
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db

EXPORT = "/admin/invoices/invoice/export/"
BOOK = "/admin/invoices/invoice/stock-book/"
WITHOUT = "/admin/invoices/invoice/without-goods/"


@pytest.fixture
def staff_client(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def days(**changes: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {"start": today, "end": today, **changes}


def rows_of(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


def exported(staff_client: Client, what: str, **changes: Any) -> list[dict[str, str]]:
    return rows_of(staff_client.get(EXPORT, days(file=what, **changes)))


def test_an_invoice_is_a_row_for_each_tax_rate(staff_client: Client) -> None:
    invoice = make_invoice(name="Walt Inn")
    Payment.objects.create(invoice=invoice, **cash("50"))
    [row] = exported(staff_client, "invoices")

    assert row["number"] == invoice.number
    assert row["issued"] == f"{invoice.issued_on}"
    assert row["customer"] == "Walt Inn"
    amounts = [row[name] for name in ("net", "tax, in percent", "tax", "gross", "paid", "balance")]
    assert amounts == ["100.84", "19.00", "19.16", "120.00", "50.00", "70.00"]


@pytest.mark.parametrize("page", ["invoices", "payments", "stock book"])
def test_a_file_is_in_the_dialect_of_the_readers_spreadsheet(
    staff_client: Client, page: str
) -> None:
    invoice = make_invoice(make_item(title="Vase; blue", tax_scheme="margin"))
    Payment.objects.create(invoice=invoice, **cash("50"))
    asked = {"by": "sale", "state": "all", "csv": "yes"} if page == "stock book" else {"file": page}

    answer: Any = staff_client.get(
        BOOK if page == "stock book" else EXPORT, days(dialect="comma", **asked)
    )

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].count(";") > 3
    assert ("50,00" if page == "payments" else "120,00") in lines[1].split(";")


@pytest.mark.parametrize(("language", "dialect"), [("en", "point"), ("de", "comma")])
def test_the_readers_dialect_is_already_chosen(
    staff_client: Client, language: str, dialect: str
) -> None:
    User.objects.update(language=language)
    for address in (EXPORT, BOOK):
        page = staff_client.get(address)
        assert page.context["form"]["dialect"].value() == dialect


def test_of_the_margin_scheme_no_tax_is_told(staff_client: Client) -> None:
    make_invoice(make_item(tax_scheme="margin"))
    [row] = exported(staff_client, "invoices")

    assert [row[name] for name in ("net", "tax", "gross")] == ["", "", "120.00"]
    assert row["of it by the margin scheme"] == "120.00"


def test_a_credit_note_is_negative(staff_client: Client) -> None:
    invoice = make_invoice()
    parts = [Credit(invoice.lines.get().pk, Decimal(20))]
    credit(invoice_id=invoice.pk, parts=parts, reason="", actor=None)

    rows = exported(staff_client, "invoices")
    assert [row["gross"] for row in rows] == ["120.00", "-20.00"]
    assert [row["kind"] for row in rows] == ["invoice", "credit note"]
    assert [row["balance"] for row in rows] == ["100.00", "0"]


def test_only_what_was_issued_on_these_days(staff_client: Client) -> None:
    make_invoice(issued=False)
    make_overdue()
    make_invoice()
    today = timezone.localdate()

    assert len(exported(staff_client, "invoices")) == 1
    assert len(exported(staff_client, "invoices", start=today - timedelta(days=40))) == 2
    tomorrow = today + timedelta(days=1)
    assert exported(staff_client, "invoices", start=tomorrow, end=tomorrow) == []


def test_payments_are_told_with_what_went_back(staff_client: Client) -> None:
    invoice = make_invoice()
    Payment.objects.create(invoice=invoice, reference="Till 7", **cash("50"))
    Payment.objects.create(invoice=invoice, **cash("-20"))

    first, second = exported(staff_client, "payments")
    assert (first["amount"], second["amount"]) == ("50.00", "-20.00")
    assert (first["invoice"], first["reference"], first["how"]) == (
        invoice.number,
        "Till 7",
        "cash",
    )


@pytest.mark.parametrize(
    "begin", ["=", "+", "-", "@", "\t", "\r", "＝", "＠", "\u00a0=", "\u200b=", "\ufeff=", "\v="]
)
def test_no_cell_is_a_formula(staff_client: Client, begin: str) -> None:
    evil = f'{begin}HYPERLINK("http://example.com")'
    Payment.objects.create(invoice=make_invoice(name=evil), reference=evil, **cash("5"))

    assert exported(staff_client, "invoices")[0]["customer"] == f"'{evil}"
    assert exported(staff_client, "payments")[0]["reference"] == f"'{evil}"


def test_numbers_stay_numbers() -> None:
    assert [cell(value) for value in (Decimal("-20.00"), Decimal("1E+2"), "-1", None)] == [
        "-20.00",
        "100",
        "'-1",
        "",
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start": ""}, "start"),
        ({"end": "2020-01-01"}, "end"),
        ({"end": "9999-12-31"}, "end"),
        ({"start": "0001-01-01"}, "start"),
        ({"start": "x"}, "start"),
    ],
)
def test_nonsense_is_refused_beside_its_field(
    staff_client: Client, changes: dict[str, str], field: str
) -> None:
    answer = staff_client.get(EXPORT, days(file="invoices", **changes))

    assert list(answer.context["form"].errors) == [field]
    assert field in BOOK or staff_client.get(BOOK, days(**changes)).status_code == 200


def test_many_invoices_take_few_queries(
    staff_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(6):
        Payment.objects.create(invoice=make_invoice(), **cash("5"))

    with django_assert_max_num_queries(9):
        assert len(exported(staff_client, "invoices")) == 6
    with django_assert_max_num_queries(6):
        assert len(exported(staff_client, "payments")) == 6


def test_the_stock_book_as_page_and_file(staff_client: Client) -> None:
    item = make_item(title="=Vase", tax_scheme="margin")
    item.pieces.update(purchase_price=70)
    invoice = make_invoice(item)
    page = staff_client.get(BOOK).content.decode()

    for text in (invoice.number, "=Vase", "€50.00", "€7.98"):
        assert str(text) in page
    [row] = rows_of(
        staff_client.get(BOOK, days(by="sale", state="all", margin_only="on", csv="yes"))
    )
    assert (row["thing"], row["tax in the margin"]) == ("'=Vase", "7.98")


def test_a_long_stock_book_takes_as_many_queries(
    staff_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def look() -> Any:
        return staff_client.get(BOOK, days(by="sale", state="all", page="2"))

    make_invoice(make_item(pieces=2, tax_scheme="margin"))
    # The first page that names the shop reads its profile for the others.
    look()
    with CaptureQueriesContext(connection) as few:
        look()
    make_invoice(make_item(pieces=120, tax_scheme="margin"))
    with django_assert_num_queries(len(few)):
        page = look()

    assert len(page.context["rows"]) == 22
    assert page.context["count"] == 122


def test_an_empty_stock_book_says_so(staff_client: Client) -> None:
    assert "Nothing was found." in staff_client.get(BOOK).content.decode()


def test_a_missing_purchase_price_is_named_on_the_page(staff_client: Client) -> None:
    make_invoice(make_item(tax_scheme="margin"))

    assert "the purchase price is missing" in staff_client.get(BOOK).content.decode()


@pytest.mark.parametrize("url", [EXPORT, BOOK, WITHOUT])
def test_the_books_are_only_looked_at_by_staff(
    client: Client, alice: User, sam: User, url: str
) -> None:
    assert "/admin/login/" in client.get(url).headers["Location"]
    client.force_login(alice)
    assert "/admin/login/" in client.get(url).headers["Location"]
    client.force_login(sam)
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 405


def test_the_workshop_gets_no_files_of_customers(client: Client, wren: User) -> None:
    client.force_login(wren)

    assert client.get(EXPORT).status_code == 403
    assert client.get(BOOK).status_code == 403
    wren.groups.clear()
    assert client.get(BOOK).status_code == 403
    assert client.get(WITHOUT).status_code == 403


# How the front desk begins to tell of what is wrong with money.
GOODS, REFUSED = "order or ticket has more money than", "refund was refused by Stripe"
DISPUTED, LATE = "card payment is disputed", "invoice is overdue"
TROUBLES = [GOODS, REFUSED, DISPUTED, LATE]


def front(client: Client) -> str:
    return client.get("/admin/").content.decode()


def test_all_is_well(staff_client: Client) -> None:
    make_invoice()

    assert "It is." in staff_client.get(WITHOUT).content.decode()
    page = front(staff_client)
    assert not [words for words in TROUBLES if words in page]


def test_money_for_what_was_cancelled_is_named(staff_client: Client) -> None:
    invoice = make_invoice(issued=False, state="cancelled")
    Payment.objects.create(invoice=invoice, **cash("120"))

    assert page_of(invoice) in staff_client.get(WITHOUT).content.decode()
    assert GOODS in front(staff_client)
    send(staff_client, invoice, "back")
    assert GOODS not in front(staff_client)


def card_payment(invoice: Invoice, amount: str, **fields: Any) -> Payment:
    attempt, _ = invoice.attempts.get_or_create(
        defaults={"amount": 120, "expires_at": timezone.now(), "state": "paid"}
    )
    paid = {**cash(amount), "method": "card", "attempt": attempt, **fields}
    return Payment.objects.create(invoice=invoice, **paid)


def test_a_refused_refund_is_named_until_the_money_went_back(staff_client: Client) -> None:
    invoice = make_invoice(issued=False, state="cancelled")
    attempt = card_payment(invoice, "120", reference="pi_1").attempt
    assert attempt is not None
    Refund.objects.create(attempt=attempt, amount=120, state="failed")
    assert REFUSED in front(staff_client)

    send(staff_client, invoice, "back", amount="120")

    assert REFUSED not in front(staff_client)
    assert "It is." in staff_client.get(WITHOUT).content.decode()


def test_a_dispute_is_named_while_money_is_missing(staff_client: Client) -> None:
    invoice = make_invoice()
    card_payment(invoice, "120", reference="pi_1")
    card_payment(invoice, "-120", reference="dp_1")
    assert DISPUTED in front(staff_client)
    assert "dp_1" in staff_client.get(WITHOUT).content.decode()

    card_payment(invoice, "120", reference="dp_1")
    assert DISPUTED not in front(staff_client)


def test_overdue_invoices_are_counted(staff_client: Client, client: Client, wren: User) -> None:
    make_overdue()
    assert LATE in front(staff_client)
    client.force_login(wren)
    assert "overdue" not in front(client)


@pytest.mark.parametrize("model", ["paymentattempt", "refund", "stripeevent"])
def test_card_payments_are_looked_at_without_secrets(admin_client: Client, model: str) -> None:
    invoice = make_invoice()
    attempt = card_payment(invoice, "120", reference="pi_1").attempt
    assert attempt is not None
    invoice.attempts.update(url="https://pay.example.com/cs_secret")
    refund = Refund.objects.create(attempt=attempt, amount=5)
    event = attempt.stripe_events.create(id="evt_1", type="refund.created")
    row = {"paymentattempt": attempt, "refund": refund, "stripeevent": event}[model]
    base = f"/admin/invoices/{model}/"
    change = f"{base}{str(row.pk).replace('_', '_5F')}/change/"

    for url in (base, change):
        page = admin_client.get(url).content.decode()
        assert str(row) in page or "evt_1" in page
        for secret in (
            attempt.idempotency_key,
            refund.idempotency_key,
            "cs_secret",
            str(invoice.secret),
        ):
            assert secret not in page
    assert admin_client.post(change, {"amount": 1}).status_code == 403
    assert admin_client.get(f"{base}add/").status_code == 403
    assert admin_client.post(change.replace("change", "delete")).status_code == 403
