"""Name, address and parcel of an order are set right, and nobody's words are lost."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from invoices.mail.orders import notify_about_order
from invoices.models import Invoice
from invoices.tests.admin_steps import again, make_invoice, messages_in
from invoices.tests.card_steps import mails
from mail.models import Mail
from store.carriers import Carrier, tracking_link
from store.models import Order, OrderEvent, ShopProfile, terms_in_force
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db

ADDRESS: dict[str, Any] = {
    "street": "Mill Lane 1",
    "postcode": "12345",
    "city": "Ulm",
    "country": "Germany",
}


@pytest.fixture
def staff_client(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


@pytest.fixture
def billed() -> Invoice:
    return make_invoice(make_item(), delivery="ship", **ADDRESS)


def page_of(order: Any) -> str:
    return reverse("admin:store_order_correct", args=[order.pk])


def form_data(client: Client, order: Any, **typed: str) -> dict[str, Any]:
    form = client.get(page_of(order)).context["form"]
    return {**{field.name: field.value() or "" for field in form}, **typed}


def correct(client: Client, order: Any, **typed: str) -> Any:
    return client.post(page_of(order), form_data(client, order, **typed), follow=True)


def test_mails_go_to_the_new_address_and_failed_ones_again(
    staff_client: Client, sam: User, billed: Invoice
) -> None:
    notify_about_order(billed.order_id or 0, "placed", "")
    failed, queued = Mail.objects.order_by("pk")
    Mail.objects.filter(pk=failed.pk).update(state="failed", tries=9)
    Mail.objects.create(about="R99999", to="alice@example.com", text="x", message_id="<1>")

    answer = correct(staff_client, billed.order, email="Anna@Example.com", street="Mill Lane 2")

    assert "2 mails go to anna@example.com." in messages_in(answer)
    assert [mail.to for mail in Mail.objects.order_by("pk")] == [
        *["anna@example.com"] * 2,
        "alice@example.com",
    ]
    assert Mail.objects.get(pk=failed.pk).state == "queued"
    event = OrderEvent.objects.get()
    assert (event.summary, event.actor) == ("corrected", sam)
    assert "street and number: Mill Lane 1 → Mill Lane 2" in event.detail
    # What is issued stays.
    assert again(billed).snapshot["buyer"]["lines"][0] == "Mill Lane 1"
    assert queued.to == "alice@example.com"


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"email": "x"}, "email"), ({"city": ""}, "city"), ({"postcode": "1"}, "postcode")],
)
def test_nonsense_is_refused_beside_its_field(
    staff_client: Client, billed: Invoice, typed: dict[str, str], field: str
) -> None:
    answer = correct(staff_client, billed.order, **typed)

    assert list(answer.context["form"].errors) == [field]
    assert not OrderEvent.objects.exists()


def test_of_two_who_correct_at_once_the_second_is_asked_again(
    staff_client: Client, billed: Invoice
) -> None:
    data = form_data(staff_client, billed.order, name="Bea")
    correct(staff_client, billed.order, name="Anna")

    answer = staff_client.post(page_of(billed.order), data)

    assert "something else has happened" in messages_in(answer)
    assert 'value="Bea"' in answer.content.decode()
    assert Order.objects.get().name == "Anna"


def test_of_what_is_sent_only_the_parcel_is_set_right(
    staff_client: Client, billed: Invoice
) -> None:
    Order.objects.update(state="shipped", tracking="1")
    assert set(form_data(staff_client, billed.order)) == {
        "tracking", "carrier", "staff_note", "version",
    }  # fmt: skip

    correct(staff_client, billed.order, tracking="00 34", carrier="dhl")

    assert mails()[-1] == "ship"
    link = "https://www.dhl.com/global-en/home/tracking.html?tracking-id=0034"
    assert link in Mail.objects.latest("pk").text
    assert billed.order is not None
    for page in [
        reverse("admin:store_order_change", args=[billed.order.pk]),
        billed.order.get_absolute_url(),
    ]:
        assert f'href="{link}"' in staff_client.get(page).content.decode()


def test_every_carrier_but_an_unknown_one_has_its_page() -> None:
    assert [each for each in Carrier if not tracking_link(each, "1")] == [Carrier.OTHER]
    assert tracking_link("dhl", "a/b?c").endswith("=a%2Fb%3Fc")
    assert tracking_link("", "1") == tracking_link("dhl", " ") == ""


def test_a_note_of_staff_is_theirs_alone(staff_client: Client, billed: Invoice) -> None:
    Order.objects.update(state="cancelled", payment_due_at="2026-01-01T00:00Z")
    correct(staff_client, billed.order, staff_note="Rings twice")

    assert billed.order is not None
    page = reverse("admin:store_order_change", args=[billed.order.pk])
    assert "Rings twice" in staff_client.get(page).content.decode()
    shown = staff_client.get(billed.order.get_absolute_url()).content.decode()
    assert "Rings twice" not in shown
    assert "note of staff" not in shown
    assert "Nothing was changed" in messages_in(correct(staff_client, billed.order))


def test_an_order_keeps_the_terms_between_which_it_was_placed(
    staff_client: Client, billed: Invoice
) -> None:
    ShopProfile.objects.update(terms="")
    assert terms_in_force() is None
    ShopProfile.objects.update_or_create(pk=1, defaults={"terms": "Thirty days."})
    Order.objects.update(terms=terms_in_force())
    ShopProfile.objects.update(terms="Ten days.")

    assert terms_in_force() != Order.objects.get().terms
    assert billed.order is not None
    page = staff_client.get(reverse("admin:store_order_terms", args=[billed.order.pk]))
    assert "Thirty days." in page.content.decode()


def test_the_workshop_corrects_nothing(client: Client, wren: User, billed: Invoice) -> None:
    client.force_login(wren)

    assert client.get(page_of(billed.order)).status_code == 403


def test_a_new_address_is_to_confirm_what_nobody_has_confirmed(
    staff_client: Client, billed: Invoice
) -> None:
    Mail.objects.update(state="sent")
    Order.objects.update(is_unconfirmed=True, reached_at="2026-01-01T00:00Z")

    correct(staff_client, billed.order, email="anna@example.com")

    assert Order.objects.get().reached_at is None
    assert mails()[-1] == "unconfirmed"
    assert Mail.objects.latest("pk").to == "anna@example.com"


def test_of_a_sale_at_the_counter_no_address_is_demanded(
    staff_client: Client, billed: Invoice
) -> None:
    Order.objects.update(email="", name="")

    correct(staff_client, billed.order, phone="030 555777")

    assert Order.objects.get().phone == "+49 30 555777"
