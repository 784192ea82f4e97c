"""What customers have of their contract for good: the PDF with the mail about their order."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from invoices.mail.orders import notify_about_order
from invoices.orders.placing import Agreed, place_order
from invoices.tests.pdf_samples import text_of
from mail.models import Mail
from mail.sending import message_of
from store.models import Item, Order, ShopProfile
from store.tests.factories import make_item, make_order, new_order

pytestmark = pytest.mark.django_db
SITE = "https://shop.example.com"


def placed(item: Item, **fields: Any) -> Order:
    order = new_order("bag")
    for name, value in fields.items():
        setattr(order, name, value)
    agreed: Mapping[int, Agreed] = {item.pk: Agreed(1, item.price, item.shipping)}
    return place_order(order=order, agreed=agreed, site=SITE)


def paper_of(mail: Mail) -> str:
    [(name, content, _type)] = message_of(mail).attachments
    assert str(name).startswith("r0")
    assert isinstance(content, bytes)
    return " ".join(text_of(content).split())


def test_it_says_who_sells_what_for_how_much_and_when() -> None:
    item = make_item(title="Lamp", nature="antique", tax_scheme="margin", price=Decimal("80.00"))
    order = placed(item, delivery="ship", street="Quay 1", city="Oldtown")

    paper = paper_of(Mail.objects.get(event="invoices.placed", to=order.email))

    assert f"Confirmation of order {order.reference}" in paper
    for words in (
        "Mill Lane 4",
        "Quay 1",
        "Lamp (S",
        "€80.00",
        "Shipping: Lamp",
        "€89.90",
        "Margin scheme – collector’s items and antiques",
        "antique, more than a hundred years old",
        "With you within 13 days of your payment.",
        "guarantee of at least two years",
        "Model withdrawal form",
        "within 14 days without giving any reason",
    ):
        assert words in paper, words


def test_its_terms_are_those_that_were_agreed() -> None:
    order = placed(make_item())
    ShopProfile.objects.update(terms="Other ones.")

    paper = paper_of(Mail.objects.get(event="invoices.placed", to=order.email))

    assert "You pay, we pack." in paper
    assert "Other ones." not in paper


def test_a_business_is_told_of_no_right_to_withdraw() -> None:
    order = placed(make_item(), for_business=True)

    paper = paper_of(Mail.objects.get(event="invoices.placed", to=order.email))

    assert "withdraw" not in paper
    assert "two years" not in paper


@pytest.mark.parametrize(("method", "papers"), [("card", 1), ("transfer", 0)])
def test_who_pays_by_card_has_it_with_the_first_mail(method: str, papers: int) -> None:
    order = make_order(make_item(), payment_method=method, paid=True)

    mail = notify_about_order(order.pk, "pay", SITE)

    assert mail is not None
    assert len(message_of(mail).attachments) == papers


def test_the_guarantee_is_told_before_ordering_in_the_words_of_the_shop(
    client: Any, clock: Item
) -> None:
    client.post(f"/bag/add/{clock.pk}/", {"quantity": "1"})

    page = client.get("/checkout/").content.decode()
    assert page.index("guarantee of at least two years") < page.index("obligation to pay")
    shop = ShopProfile.get_solo()
    shop.guarantee = "Thirty years."
    shop.save()
    assert "Thirty years." in client.get("/checkout/").content.decode()
