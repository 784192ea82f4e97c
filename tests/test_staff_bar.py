"""The slim bar that staff see on the shop's own pages."""

import pytest
from django.test import Client

from accounts.models import User
from invoices.documents.drafts import bill_order
from repairs_restorals.tests.factories import make_ticket
from store.models import Item, Piece
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db
BAR = 'class="staff-bar'


def bar(client: Client, address: str) -> str:
    page = client.get(address).text
    return page[page.index(BAR) : page.index("</nav>", page.index(BAR))] if BAR in page else ""


def test_staff_go_from_a_thing_to_its_form_and_its_pieces(
    client: Client, sam: User, clock: Item
) -> None:
    make_item()
    client.force_login(sam)
    found = bar(client, clock.get_absolute_url())

    assert f'"/admin/store/item/{clock.pk}/change/"' in found
    pieces = f"/admin/store/piece/?item__id__exact={clock.pk}"
    assert f'"{pieces}"' in found
    assert {*client.get(pieces).context["cl"].result_list} == {*Piece.objects.filter(item=clock)}


def test_every_page_leads_staff_to_the_desk(client: Client, sam: User) -> None:
    client.force_login(sam)

    for address in ("/", "/store/", "/bag/", "/accounts/profile/"):
        assert 'href="/admin/"' in bar(client, address), address


def test_the_bar_shows_what_its_reader_may_open(
    client: Client, alice: User, sam: User, wren: User, clock: Item
) -> None:
    order, ticket = make_order(clock), make_ticket(wren)
    bill_order(order)
    client.force_login(sam)
    assert f"/admin/store/order/{order.pk}/change/" in bar(client, order.get_absolute_url())
    client.force_login(wren)
    assert "/admin/store/item/" not in bar(client, clock.get_absolute_url())
    page = f"/admin/repairs_restorals/serviceticket/{ticket.pk}/change/"
    assert page in bar(client, ticket.get_absolute_url())


def test_nobody_else_sees_it(client: Client, alice: User, clock: Item) -> None:
    assert bar(client, clock.get_absolute_url()) == ""
    client.force_login(alice)
    assert bar(client, clock.get_absolute_url()) == ""
    assert bar(client, "/") == ""
