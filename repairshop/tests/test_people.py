"""A customer's page for staff, whoever the customer is to the shop."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.groups import MANAGERS
from accounts.models import Customer, User
from accounts.tests.factories import make_staff, make_user
from bag.reservations import reserve_piece
from bag.tests.factories import join, make_held_item
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from mail.models import Mail
from repairs_restorals.tests.factories import make_ticket
from store.models import Piece
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db
PHONE = "030 555777"


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(make_staff("mo@example.com", group=MANAGERS))
    return client


@pytest.fixture
def full(alice: User, sam: User) -> User:
    """Somebody who has one of everything."""
    Customer.objects.filter(user=alice).update(phone=PHONE, staff_notes="Likes tea.")
    fill(alice, sam)
    return alice


def fill(alice: User, sam: User) -> None:
    order = make_order(make_item(title="Vase"), customer=alice)
    issue(invoice_id=bill_order(order).pk)
    make_order(make_item(title="Lamp"), email=alice.email)
    make_ticket(alice, title="Viola")
    piece = Piece.objects.get(item=make_item(title="Chair"))
    until = timezone.now() + timedelta(days=2)
    reserve_piece(piece=piece, until=until, customer=alice, actor=sam, reason="Phoned.")
    join(make_held_item(title="Radio"), "alice", customer=alice)
    said = {"subject": "Thank you", "text": "", "message_id": f"<{order}@x>"}
    Mail.objects.create(event="invoices.placed", to=alice.email, **said)


def labels(answer: Any) -> list[str]:
    return [section.label for section in answer.context["sections"]]


def titles(answer: Any) -> set[str]:
    return {line.title for section in answer.context["sections"] for line in section.lines}


def test_a_page_has_everything_and_no_hash_of_a_password(manager: Client, full: User) -> None:
    answer = manager.get(reverse("person", args=[full.pk]))

    sections = ["Tickets", "Orders", "Invoices", "In the bag, and reserved", "Places in line"]
    assert labels(answer) == [*sections, "Mails"]
    assert {"Thank you", "Radio"} <= titles(answer)
    assert "Likes tea." in answer.text
    assert "Left to pay" in answer.text
    assert full.password not in answer.text
    assert "pbkdf2" not in answer.text
    till = f"/admin/till/?person={full.pk}"
    for begun in ("serviceticket/add/?name=Alice", till, "mailto:alice"):
        assert begun in answer.text


def test_a_colleague_sees_what_the_role_may(client: Client, full: User, wren: User) -> None:
    looker = make_user("looker@example.com", is_staff=True)
    page = reverse("person", args=[full.pk])
    client.force_login(looker)
    assert client.get(page).status_code == 403
    looker.user_permissions.set(permissions("view_user", "view_customer", "view_serviceticket"))
    client.force_login(User.objects.get(pk=looker.pk))
    answer = client.get(page)

    assert labels(answer) == ["Tickets"]
    assert "Left to pay" not in answer.text
    assert "/join/" not in answer.text
    assert "?person=" not in answer.text


def permissions(*names: str) -> Any:
    return Permission.objects.filter(codename__in=names)


def test_a_guest_has_a_page_by_address_and_by_phone(manager: Client) -> None:
    mailed = make_order(make_item(), email="gail@example.com", name="Gail")
    phoned = make_order(make_item(), email="", phone="+49 30 555-777", name="Pat")
    page = reverse("person-guest")

    assert titles(manager.get(page, {"email": "Gail@example.com"})) == {mailed.reference}
    assert titles(manager.get(page, {"phone": PHONE})) == {phoned.reference}
    for nobody in ({"email": "none@example.com"}, {"phone": "030 111222"}, {"phone": "x"}):
        assert manager.get(page, nobody).status_code == 404
    assert manager.get(page).headers["Location"] == reverse("admin:search")


def test_the_address_of_an_account_leads_to_it(manager: Client, alice: User) -> None:
    answer = manager.get(reverse("person-guest"), {"email": alice.email})
    assert answer.headers["Location"] == reverse("person", args=[alice.pk])


def test_the_search_leads_to_the_page_by_any_spelling(manager: Client, full: User) -> None:
    answer = manager.get("/admin/search/", {"q": "+49 (0)30 555 777"})
    assert f'href="{reverse("person", args=[full.pk])}"' in answer.text


def test_the_account_leads_there(manager: Client, full: User) -> None:
    account = manager.get(reverse("admin:accounts_user_change", args=[full.pk])).text
    assert f'href="{reverse("person", args=[full.pk])}"' in account


def test_more_of_it_takes_no_more_queries(
    manager: Client, full: User, sam: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page = reverse("person", args=[full.pk])
    manager.get(page)
    with django_assert_num_queries(QUERIES):
        manager.get(page)
    fill(full, sam)
    with django_assert_num_queries(QUERIES):
        assert len(titles(manager.get(page))) > 10


QUERIES = 18


def test_a_piece_is_reserved_and_sold_from_there(manager: Client, full: User) -> None:
    piece = Piece.objects.get(item=make_item(title="Globe"))
    reserve = reverse("person-reserve", args=[full.pk])
    answer = manager.get(reserve, {"number": piece.stock_number.lower()}, follow=True)
    assert f'<option value="{full.pk}" selected>' in answer.text

    answer = manager.get(reserve, {"number": "none"}, follow=True)
    assert "no piece with the stock number “none”" in answer.text

    till = manager.get("/admin/till/", {"person": full.pk, "piece": piece.pk}).text
    assert f'value="{full.email}"' in till
    intake = manager.get(reverse("admin:repairs_restorals_serviceticket_add"), {"name": "Walt"})
    assert 'value="Walt"' in intake.text


def test_nobody_else_opens_it(client: Client, alice: User) -> None:
    pages = [reverse(name, args=[alice.pk]) for name in ("person", "person-join", "person-reserve")]
    for _ in range(2):
        for page in [*pages, reverse("person-guest")]:
            assert client.get(page).headers["Location"].startswith("/admin/login/")
        client.force_login(alice)


def test_unknown_numbers_are_not_found(manager: Client) -> None:
    for number in (0, 2**63, 10**30):
        for name in ("person", "person-join", "person-reserve"):
            assert manager.get(reverse(name, args=[number])).status_code == 404


def test_an_order_leads_to_whoever_has_placed_it(manager: Client, alice: User) -> None:
    guest = reverse("person-guest")
    orders = {
        make_order(make_item(), customer=alice): reverse("person", args=[alice.pk]),
        make_order(make_item(), email="gail@example.com"): f"{guest}?email=gail%40example.com",
        make_order(make_item(), email="", phone=PHONE): f"{guest}?phone=030+555777",
    }
    for order, page in orders.items():
        assert f'href="{page}"' in manager.get(f"/admin/store/order/{order.pk}/change/").text
