import pytest
from django.test import Client
from django.urls import reverse

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import make_staff, make_user
from bag.models import Hold
from bag.tests.hold_steps import (
    HOLDS,
    RELEASE,
    extension,
    held,
    page_of,
    reserve_page,
)
from store.models import Item, Piece, PieceEvent


def addresses(hold: Hold, available: Piece) -> list[str]:
    return [HOLDS, page_of(hold), RELEASE, reserve_page(available)]


@pytest.mark.parametrize("group", [None, MANAGERS])
def test_shop_staff_and_managers_decide(
    client: Client, sam: User, clock: Item, group: str | None
) -> None:
    client.force_login(make_staff("mo@example.com", group=group) if group else sam)
    hold, available = held(), clock.pieces.get()

    assert client.get(page_of(hold)).content.count(b'name="reason"') == 2
    client.post(page_of(hold), extension(hold))
    client.post(reserve_page(available), extension(hold))
    client.post(RELEASE, extension(hold))

    assert Hold.objects.held().get().pk == available.pk
    kinds = PieceEvent.objects.order_by("-pk").values_list("kind", flat=True)
    assert list(kinds[:3]) == ["released", "reserved", "extended"]


def test_the_workshop_is_offered_nothing(client: Client, wren: User, clock: Item) -> None:
    client.force_login(wren)
    hold, available = held(), clock.pieces.get()
    piece_page = reverse("admin:store_piece_change", args=[available.pk])

    for address in (HOLDS, page_of(hold), piece_page):
        page = client.get(address)
        assert page.status_code == 200
        for button in (b'name="reason"', b"Release", b"Reserve"):
            assert button not in page.content


def test_the_workshop_decides_nothing(client: Client, wren: User, clock: Item) -> None:
    client.force_login(wren)
    hold, available = held(), clock.pieces.get()

    for address in addresses(hold, available)[1:]:
        for reason in ("On the way", ""):
            assert client.post(address, extension(hold, reason=reason)).status_code == 403
    action = {"action": "release", "_selected_action": [hold.pk]}
    assert b'name="reason"' not in client.post(HOLDS, action, follow=True).content
    assert client.get(reserve_page(available)).status_code == 403
    assert Hold.objects.held().get().held_until == hold.held_until


def test_staff_without_a_group_see_nothing(client: Client, clock: Item) -> None:
    client.force_login(make_user("new@example.com", is_staff=True))
    hold, available = held(), clock.pieces.get()

    for address in addresses(hold, available):
        assert client.get(address).status_code in {403, 405}
        assert client.post(address, extension(hold)).status_code == 403


def test_customers_and_visitors_see_no_holds(client: Client, alice: User, clock: Item) -> None:
    hold, available = held(), clock.pieces.get()
    for _ in range(2):
        for address in addresses(hold, available):
            for method in (client.get, client.post):
                answer = method(address, extension(hold))
                assert answer.status_code == 302
                assert answer.headers["Location"].startswith(reverse("admin:login"))
        client.force_login(alice)
    assert Piece.objects.available().get() == available


def test_holds_are_neither_added_nor_deleted_nor_released_by_a_link(shop: Client) -> None:
    hold = held()

    assert shop.get(HOLDS + "add/").status_code == 403
    assert shop.post(reverse("admin:bag_hold_delete", args=[hold.pk])).status_code == 403
    assert shop.get(RELEASE).status_code == 405
    for unknown in ("0", "nonsense"):
        assert shop.get(reverse("admin:bag_hold_change", args=[unknown])).status_code == 404


def test_no_page_about_holds_needs_inline_code(shop: Client, clock: Item) -> None:
    hold, available = held(), clock.pieces.get()
    confirm = shop.post(HOLDS, {"action": "release", "_selected_action": [hold.pk]})
    pages = [confirm, *map(shop.get, (HOLDS, page_of(hold), reserve_page(available)))]
    for page in pages:
        text = page.content.decode()
        assert not [bad for bad in ('style="', "<style", "<script>", "onclick=") if bad in text]
