"""What only a program writes into an address or a hidden field of the admin fails nowhere."""

import pytest
from django.test import Client
from django.utils import timezone

from store.models import Item

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "accounts/user/?date_joined__year=-1",
        "accounts/user/?date_joined__year=9999999999999999999",
        "store/item/?created_at__year=99999",
        "store/item/?created_at__year=2026&created_at__month=13",
        "invoices/refund/?state=%00",
        "invoices/stripeevent/?id__exact=%00",
    ],
)
def test_an_address_that_no_page_leads_to_makes_no_sense(
    admin_client: Client, address: str
) -> None:
    assert admin_client.get(f"/admin/{address}").status_code == 400


@pytest.mark.on_both
@pytest.mark.parametrize("kind", ["store/item", "store/piece", "store/order", "bag/hold"])
def test_a_number_that_no_row_can_have_fails_nowhere(
    admin_client: Client, clock: Item, kind: str
) -> None:
    """PostgreSQL finds nothing by it, and SQLite cannot be asked."""
    number = "9" * 30
    chosen = {"action": "delete_selected", "_selected_action": [clock.pk, number]}

    assert admin_client.get(f"/admin/{kind}/?id__in={number}").status_code in {200, 400}
    assert admin_client.post(f"/admin/{kind}/", chosen).status_code in {200, 302, 400}


def test_a_list_by_year_and_month_is_shown(admin_client: Client, clock: Item) -> None:
    at = timezone.localtime(clock.created_at)
    query = {"created_at__year": at.year, "created_at__month": at.month}
    page = admin_client.get("/admin/store/item/", query).content.decode()

    assert clock.title in page


def test_whatever_is_typed_into_a_search_is_answered(admin_client: Client, clock: Item) -> None:
    for place in ("till/", "search/", "store/item/"):
        assert admin_client.get(f"/admin/{place}?q=man%00tel").status_code == 200


@pytest.mark.parametrize("count", ["²", "-1", "9" * 60, "1e309", ""])
@pytest.mark.parametrize("name", ["TOTAL", "INITIAL"])
def test_forms_below_a_form_are_counted_in_figures(
    admin_client: Client, clock: Item, name: str, count: str
) -> None:
    sent = {"images-TOTAL_FORMS": 0, "images-INITIAL_FORMS": 0, f"images-{name}_FORMS": count}

    assert admin_client.post(f"/admin/store/item/{clock.pk}/change/", sent).status_code == 400


@pytest.mark.parametrize("number", ["²", "NaN", "9" * 30, "x"])
def test_what_is_no_choice_is_said_beside_the_field(
    admin_client: Client, clock: Item, number: str
) -> None:
    counts = {
        f"{of}-{name}_FORMS": 0 for of in ("images", "pieces") for name in ("TOTAL", "INITIAL")
    }
    for address, field in [(f"item/{clock.pk}/change", "category"), ("piece/add", "item")]:
        page = admin_client.post(f"/admin/store/{address}/", {**counts, field: number})

        assert page.status_code == 200
        assert "valid choice" in page.content.decode()
