"""VAT by destination: one reckoning, which pages, papers, mails and books repeat."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import mails_sent
from invoices.books.accounting import invoice_rows
from invoices.books.one_stop_shop import oss_rows
from invoices.documents.credit_notes import Credit, credit
from invoices.documents.drafts import lines_of_order
from invoices.documents.issuing import issue, issue_due
from invoices.documents.pdf import content_of
from invoices.exceptions import TaxUndecided
from invoices.models import Invoice
from invoices.orders.correcting import correct_order
from invoices.orders.pdf.confirmation import confirmation_of
from invoices.orders.placing import Agreed, place_order
from invoices.tests.admin_steps import SITE, page_of
from invoices.tests.admin_steps import send as send_form
from invoices.tests.test_checkout import ADDRESS, form_of, put_in_bag, send
from store.models import Item, Order, ShopProfile
from store.tests.factories import make_item, new_order
from store.tests.taxes import tax_by_destination

pytestmark = pytest.mark.django_db
PARIS = {**ADDRESS, "postcode": "75001", "city": "Paris", "country_code": "FR"}
CANARIES = {**ADDRESS, "postcode": "35001", "city": "Las Palmas", "country_code": "ES"}
Staff = Callable[..., Any]


@pytest.fixture
def shop() -> ShopProfile:
    return tax_by_destination(FR="20", ES="21", IT="22 5")


@pytest.fixture
def staff(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def placed(*items: Item, where: dict[str, str] = PARIS, **fields: Any) -> Order:
    """An order of these that is sent to there."""
    order = new_order("bag")
    order.delivery = Order.Delivery.SHIP
    for name, value in {**where, **fields}.items():
        setattr(order, name, value)
    agreed = {item.pk: Agreed(1, item.price, item.shipping) for item in items}
    place_order(order=order, agreed=agreed, site=SITE)
    return Order.objects.get(pk=order.pk)


def billed(order: Order) -> list[tuple[str, Decimal, str]]:
    """Scheme, rate and country of each thing of its invoice."""
    lines = Invoice.objects.get(order=order).lines.all()
    return [(line.scheme, line.tax_rate, line.tax_country) for line in lines]


def flat(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.on_both
def test_checkout_order_mail_papers_admin_and_books_say_the_same(
    client: Client, sam: User, shop: ShopProfile
) -> None:
    """120.00 and 9.90 of shipping stay; of it the VAT of France, 20 %, is 21.65."""
    put_in_bag(client, make_item())
    sent = form_of(client) | {"delivery": "ship", **PARIS}
    asked = send(client, sent, reshape="1")
    assert (
        "Total, sent to you €129.90 VAT of France (One-Stop Shop) · in the total: 20 %: €21.65"
        in flat(asked)
    )

    send(client, sent)

    order = Order.objects.get()
    words = "VAT of France (One-Stop Shop) · in the total: 20 %: €21.65"
    assert order.total == Decimal("129.90")
    assert words in flat(client.get(order.get_absolute_url()).text)
    assert words in mails_sent()[0].body
    invoice = issue(invoice_id=Invoice.objects.get().pk)
    assert invoice.taxes == {Decimal(20): Decimal("21.65")}
    assert {(line.tax_rate, line.tax_country) for line in invoice.lines.all()} == {
        (Decimal(20), "FR")
    }
    for document in (content_of(invoice), confirmation_of(order, invoice)):
        assert document.taxes == [("20 %", "€108.25", "€21.65", "€129.90")]
        assert document.legal == ["VAT of France (One-Stop Shop)"]
    client.force_login(sam)
    page = flat(client.get(page_of(invoice)).text)
    assert "Tax in it 20 %: €21.65 VAT VAT of France (One-Stop Shop)" in page
    day = invoice.issued_on
    assert day
    [row] = invoice_rows(day, day)
    assert row[5:9] == [Decimal("108.25"), Decimal(20), Decimal("21.65"), Decimal("129.90")]
    assert row[-1] == "FR"
    [row] = oss_rows(day, day)
    assert row[:5] == ["FR", Decimal(20), Decimal("108.25"), Decimal("21.65"), Decimal("129.90")]


def test_a_rate_that_changes_later_changes_no_order(shop: ShopProfile, sam: User) -> None:
    order = placed(make_item())
    tax_by_destination(FR="25")
    ShopProfile.objects.update(tax_rate=10)
    Item.objects.update(tax_scheme=Item.TaxScheme.ZERO)

    assert {(line.tax_rate, line.scheme) for line in lines_of_order(order)} == {
        (Decimal(20), "standard")
    }


def test_an_order_from_before_keeps_the_tax_of_the_shop() -> None:
    order = placed(make_item())
    tax_by_destination(FR="20")
    # As a version before writes it.
    other = placed(make_item(), bag_key="another")
    other.lines.update(tax_rate=None, tax_scheme="", tax_country="")

    for each in (order, other):
        assert {(line.tax_rate, line.tax_country) for line in lines_of_order(each)} == {
            (Decimal(19), "")
        }


@pytest.mark.parametrize(
    ("where", "fields", "expected"),
    [
        (PARIS, {"delivery": Order.Delivery.COLLECT}, ("standard", Decimal(19), "")),
        (PARIS, {"for_business": True}, ("standard", Decimal(19), "")),
        (ADDRESS, {}, ("standard", Decimal(19), "")),
        ({**PARIS, "country_code": "BR"}, {}, ("standard", Decimal(19), "")),
        ({**PARIS, "country_code": "MC", "postcode": "98000"}, {}, ("standard", Decimal(20), "FR")),
    ],
)
def test_whose_tax_an_order_has(
    shop: ShopProfile, where: dict[str, str], fields: dict[str, Any], expected: Any
) -> None:
    order = placed(make_item(), where=where, **fields)

    assert billed(order)[0] == expected
    assert not order.tax_undecided


def test_the_margin_scheme_is_the_shops_own(shop: ShopProfile) -> None:
    bust, lamp = make_item(tax_scheme=Item.TaxScheme.MARGIN), make_item(shipping=0)

    order = placed(bust, lamp)

    assert {*billed(order)} == {("margin", Decimal(19), ""), ("standard", Decimal(20), "FR")}


@pytest.mark.on_both
def test_returns_sum_up_and_later_credit_notes_correct_their_quarter(
    shop: ShopProfile, sam: User
) -> None:
    """Each invoice rounds its tax once for a rate; the sums are those of the invoices."""
    first = issue(invoice_id=placed(make_item(price=Decimal("0.33"), shipping=0)).invoice.pk)
    second = placed(make_item(price=Decimal("0.33"), shipping=0), bag_key="two")
    second_bill = issue(invoice_id=second.invoice.pk)
    home = issue(invoice_id=placed(make_item(), where=ADDRESS, bag_key="three").invoice.pk)
    day = home.issued_on
    assert day
    [row] = oss_rows(day, day)
    assert row == [
        "FR",
        Decimal(20),
        Decimal("0.54"),
        Decimal("0.12"),
        Decimal("0.66"),
        "",
        2,
        "EUR",
    ]

    line = second_bill.lines.get()
    note = credit(
        invoice_id=second_bill.pk, parts=[Credit(line.pk, Decimal("0.12"))], reason="x", actor=sam
    )

    assert note.taxes == {Decimal(20): Decimal("-0.02")}
    assert note.snapshot["tax_notes"] == ["VAT of France (One-Stop Shop)"]
    [row] = oss_rows(day, day)
    assert row[2:7] == [Decimal("0.44"), Decimal("0.10"), Decimal("0.54"), "", 3]
    assert first.total == Decimal("0.33")


def test_where_the_table_does_not_reach_the_invoice_waits_for_staff(
    shop: ShopProfile, staff: Client
) -> None:
    order = placed(make_item(), where=CANARIES)
    invoice = order.invoice
    assert order.tax_undecided
    assert billed(order)[0] == ("standard", Decimal(19), "")
    assert "Which VAT is in it" in staff.get(order.get_absolute_url()).text
    with pytest.raises(TaxUndecided):
        issue(invoice_id=invoice.pk)
    send_form(staff, invoice, "payment", amount="129.90", method="transfer")
    assert issue_due() == 0
    listed = reverse("admin:store_order_changelist") + "?todo=tax"
    assert str(order) in staff.get(listed).text

    send_form(staff, invoice, "tax", way="there")

    assert billed(order)[0] == ("standard", Decimal(21), "ES")
    assert str(order) not in staff.get(listed).text
    assert issue_due() == 1


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"country_code": "IT", "postcode": "00100"}, ("standard", Decimal(22), "IT")),
        ({"country_code": "DE", "postcode": "20359"}, ("standard", Decimal(19), "")),
        ({"country_code": "BR", "postcode": "01310-100"}, ("standard", Decimal(19), "")),
        ({"street": "Rue 2"}, ("standard", Decimal(20), "FR")),
    ],
)
def test_a_corrected_address_changes_the_tax_and_not_the_price(
    shop: ShopProfile, sam: User, where: dict[str, str], expected: Any
) -> None:
    order = placed(make_item())

    correct_order(order_id=order.pk, version=order.version, values=where, actor=sam)

    assert billed(order)[0] == expected
    assert Invoice.objects.get().total == Decimal("129.90")
    assert not Order.objects.get().tax_undecided


def test_a_corrected_address_where_the_table_does_not_reach_asks_staff(
    shop: ShopProfile, sam: User
) -> None:
    order = placed(make_item())
    where = {"country_code": "ES", "postcode": "35001"}

    correct_order(order_id=order.pk, version=order.version, values=where, actor=sam)

    assert Order.objects.get().tax_undecided
    assert billed(order)[0] == ("standard", Decimal(19), "")


def test_what_is_issued_keeps_its_tax(shop: ShopProfile, sam: User) -> None:
    order = placed(make_item())
    issue(invoice_id=order.invoice.pk)

    order = Order.objects.get()
    where = {"country_code": "IT", "postcode": "00100"}
    correct_order(order_id=order.pk, version=order.version, values=where, actor=sam)

    assert billed(order)[0] == ("standard", Decimal(20), "FR")
