from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from store.models import Category, Item, ShopProfile
from store.pictures.images import add_image
from store.tests.admin_steps import ITEMS, PIECES, PROFILE_DATA, act, change_data, hold
from store.tests.factories import make_category
from store.tests.pictures import upload

pytestmark = pytest.mark.usefixtures("media")


PAGES = [
    "category_changelist",
    "item_changelist",
    "item_add",
    "piece_changelist",
    "piece_add",
    "shopprofile_changelist",
]


@pytest.mark.parametrize("page", PAGES)
def test_customers_and_visitors_see_no_admin(client: Client, alice: User, page: str) -> None:
    address = reverse(f"admin:store_{page}")
    for _ in range(2):
        response = client.get(address)
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("admin:login"))
        client.force_login(alice)


def test_the_workshop_looks_and_changes_nothing(client: Client, wren: User, clock: Item) -> None:
    client.force_login(wren)
    add_image(item=clock, file=upload(), alt_text="front")
    piece = clock.pieces.get()
    address = reverse("admin:store_item_change", args=[clock.pk])

    page = client.get(address).content.decode()

    assert 'name="title"' not in page
    assert 'name="quantity"' not in page
    assert piece.stock_number in page
    assert client.get(reverse("admin:store_piece_change", args=[piece.pk])).status_code == 200
    assert b'value="withdraw"' not in client.get(reverse(PIECES)).content
    assert client.post(address, change_data(clock, title="Mine")).status_code == 403
    for row, model in ((clock, "item"), (piece, "piece")):
        delete = reverse(f"admin:store_{model}_delete", args=[row.pk])
        assert client.post(delete, {"post": "yes"}).status_code == 403
        act(client, f"admin:store_{model}_changelist", "delete_selected", row, post="yes")
    act(client, PIECES, "withdraw", piece)
    act(client, ITEMS, "unpublish", clock)
    assert client.get(reverse("admin:store_item_add")).status_code == 403
    assert clock.pieces.available().exists()
    assert Item.objects.get().published


def test_the_shops_profile_is_read_by_staff_and_changed_by_managers(
    shop: Client, admin_client: Client
) -> None:
    address = reverse("admin:store_shopprofile_changelist")
    assert shop.get(address).status_code == 200
    assert shop.post(address, {"name": "Mine"}).status_code == 403
    assert admin_client.post(address, PROFILE_DATA).status_code == 302
    assert ShopProfile.objects.get().name == "Ours"


def test_categories_are_ordered_by_number(shop: Client) -> None:
    make_category("Clocks")
    violins = make_category("Violins")
    rows = list(Category.objects.all())
    data: dict[str, Any] = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "_save": "Save"}
    for n, row in enumerate(rows):
        data |= {f"form-{n}-id": row.pk, f"form-{n}-position": 1 if row == violins else 2}
    shop.post(reverse("admin:store_category_changelist"), data)
    assert Category.objects.all()[0] == violins


def test_no_page_of_the_admin_needs_inline_code(shop: Client, clock: Item) -> None:
    add_image(item=clock, file=upload(), alt_text="front")
    hold(clock.pieces.get())
    paths = [reverse(ITEMS), reverse(PIECES), reverse("admin:store_item_add")]
    paths += [reverse("admin:store_item_change", args=[clock.pk])]
    paths += [reverse("admin:store_item_delete", args=[clock.pk])]
    for path in paths:
        page = shop.get(path).content.decode()
        assert not [bad for bad in ('style="', "<style", "<script>", "onclick=") if bad in page]
