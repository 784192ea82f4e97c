"""Two records of one person become one, and nobody gains a right by it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.admin.versions import version_of
from accounts.groups import MANAGERS, WORKSHOP_STAFF
from accounts.joining import join_people
from accounts.models import Customer, SecurityLogEntry, User
from accounts.registering import welcome_back
from accounts.services import reopen_account
from accounts.tests.factories import make_staff, make_user
from bag.models import WaitlistEntry
from bag.reservations import reserve_piece
from bag.saved.models import SavedItem
from bag.tests.factories import join, make_held_item
from invoices.documents.drafts import bill_order
from invoices.models import Invoice
from repairs_restorals.intake import find_or_add_customer
from repairs_restorals.models import ServiceTicket
from repairs_restorals.tests.factories import make_ticket
from store.models import Order, Piece
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def mo(db: None) -> User:
    return make_staff("mo@example.com", group=MANAGERS)


@pytest.fixture
def manager(client: Client, mo: User) -> Client:
    client.force_login(mo)
    return client


@pytest.fixture
def twin(alice: User, sam: User) -> User:
    """A second record of alice, with something of each kind."""
    twin = make_user("al@example.com", name="Al")
    Customer.objects.filter(user=twin).update(phone="030 555777", staff_notes="Pays late.")
    Customer.objects.filter(user=alice).update(staff_notes="Likes tea.")
    bill_order(make_order(make_item(), customer=twin))
    make_order(make_item(), email=twin.email)
    make_ticket(twin)
    piece = Piece.objects.get(item=make_item())
    until = timezone.now() + timedelta(days=2)
    reserve_piece(piece=piece, until=until, customer=twin, actor=sam, reason="Phoned.")
    radio = make_held_item(title="Radio")
    for number, user in enumerate((twin, alice)):
        join(radio, f"bag {number}", customer=user)
        SavedItem.objects.create(customer=user, item=radio)
    return twin


def send(client: Client, kept: User, other: Any, typed: str) -> Any:
    page = reverse("person-join", args=[kept.pk])
    return client.post(page, {"other": other, "typed": typed}, follow=True)


def test_the_page_says_before_what_it_will_do(manager: Client, alice: User, twin: User) -> None:
    page = manager.get(reverse("person-join", args=[alice.pk]), {"other": "AL@example.com"})

    for said in ("1 ticket", "2 orders", "1 thing held", "1 place in line", "It cannot be undone."):
        assert said in page.text
    twin.refresh_from_db()
    assert twin.is_active
    assert ServiceTicket.objects.get().customer == twin


def test_everything_goes_along(manager: Client, alice: User, twin: User, mo: User) -> None:
    other = Client()
    other.force_login(twin)
    answer = send(manager, alice, twin.pk, "al@example.com")

    assert answer.redirect_chain[-1][0] == reverse("person", args=[alice.pk])
    assert {order.customer for order in Order.objects.all()} == {alice}
    assert Invoice.objects.for_customer(alice).count() == 2
    assert ServiceTicket.objects.for_customer(alice).count() == 1
    assert Piece.objects.get(held_for=alice)
    places = WaitlistEntry.objects.order_by("pk").values_list("customer", "state")
    assert list(places) == [(alice.pk, "waiting"), (alice.pk, "left")]
    assert SavedItem.objects.get().customer == alice
    alice.customer.refresh_from_db()
    assert (alice.customer.phone, alice.customer.staff_notes) == (
        "030 555777",
        "Likes tea.\nPays late.",
    )
    entry = SecurityLogEntry.objects.get(event="people_joined")
    assert (entry.user, entry.about) == (alice, f"al@example.com ({twin.pk}), by {mo}")
    twin.refresh_from_db()
    assert (twin.is_active, twin.merged_into, twin.has_usable_password()) == (False, alice, False)
    assert other.get("/accounts/profile/").status_code == 302


def test_it_has_to_be_typed(manager: Client, alice: User, twin: User) -> None:
    for typed in ("", "Alice", "yes"):
        answer = send(manager, alice, twin.pk, typed)
        assert "typed" in answer.context["form"].errors
        assert f'value="{typed}"' in answer.text
    assert ServiceTicket.objects.get().customer == twin


def joined(kept: User, lost: User) -> bool:
    return User.objects.filter(pk=lost.pk, merged_into=kept).exists()


@pytest.mark.parametrize("rights", ["group", "staff", "superuser", "permission", "sleeping"])
def test_nobody_with_a_right_is_joined_either_way(
    manager: Client, alice: User, bob: User, rights: str
) -> None:
    match rights:
        case "group" | "sleeping":
            colleague = make_staff("wim@example.com", group=WORKSHOP_STAFF)
            User.objects.filter(pk=colleague.pk).update(is_staff=rights == "group")
        case "permission":
            colleague = bob
            bob.user_permissions.add(Permission.objects.get(codename="view_user"))
        case _:
            colleague = bob
            User.objects.filter(pk=bob.pk).update(**{f"is_{rights}": True})
    for kept, lost in ((alice, colleague), (colleague, alice)):
        answer = send(manager, kept, lost.pk, lost.email)
        assert "Somebody who works here" in answer.text
        assert not joined(kept, lost)


def test_a_strangers_account_neither_gets_nor_gives(manager: Client, alice: User) -> None:
    stranger = make_user("eve@example.com", email_checked_at=None)
    for kept, lost in ((alice, stranger), (stranger, alice)):
        answer = send(manager, kept, lost.pk, lost.email)
        assert "a stranger may have opened it" in answer.text
        assert not joined(kept, lost)


def test_closed_records_and_the_same_one_are_refused(
    manager: Client, alice: User, twin: User
) -> None:
    assert "This is the same record." in send(manager, alice, alice.pk, alice.email).text
    send(manager, alice, twin.pk, twin.email)
    assert "closed already" in send(manager, alice, twin.pk, twin.email).text
    assert "is closed" in send(manager, twin, alice.pk, alice.email).text


@pytest.mark.parametrize("who", ["sam", "wren"])
def test_only_managers_join(
    client: Client, who: str, alice: User, twin: User, request: Any
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert send(client, alice, twin.pk, twin.email).status_code == 403
    assert "/join/" not in client.get(reverse("person", args=[alice.pk])).text


def test_what_a_guest_has_left_goes_into_an_account(manager: Client, alice: User) -> None:
    order = make_order(make_item(), email="gail@example.com")
    page = manager.get(reverse("person-join", args=[alice.pk]), {"other": "gail@example.com"})
    assert "1 order" in page.text
    send(manager, alice, "gail@example.com", "gail@example.com")

    order.refresh_from_db()
    assert order.customer == alice
    assert SecurityLogEntry.objects.filter(event="people_joined", user=alice).exists()


def test_a_guest_known_by_phone_alone_goes_into_an_account(manager: Client, alice: User) -> None:
    known: dict[str, Any] = {"email": "", "name": "Pat"}
    mine = [
        make_order(make_item(), phone=phone, **known) for phone in ("030 555777", "+4930555777")
    ]
    # It ends alike, and is of another area.
    other = make_order(make_item(), phone="0930 555777", **known)
    Customer.objects.filter(user=alice).update(phone="030/555777")
    guest = manager.get(reverse("person-guest"), {"phone": "030 555777"}).text
    assert f"{reverse('person-join', args=[alice.pk])}?other=030%20555777" in guest

    page = manager.get(reverse("person-join", args=[alice.pk]), {"other": "030 555777"})
    assert "2 orders" in page.text
    send(manager, alice, "030 555777", "030 555777")

    assert {order.customer for order in Order.objects.filter(pk__in=[m.pk for m in mine])} == {
        alice
    }
    other.refresh_from_db()
    assert other.customer is None


def test_a_guest_known_by_phone_alone_gets_a_record(manager: Client) -> None:
    order = make_order(make_item(), email="", name="Pat", phone="030 555777")
    keep = reverse("person-guest-keep")
    assert keep in manager.get(reverse("person-guest"), {"phone": "030 555777"}).text

    answer = manager.post(keep, {"phone": "030 555777"}, follow=True)

    order.refresh_from_db()
    kept = order.customer
    assert kept
    assert (kept.name, kept.email, kept.customer.phone) == ("Pat", "", "030 555777")
    assert answer.redirect_chain[-1][0] == reverse("person", args=[kept.pk])
    for nobody in ("030 555777", "a@example.com", "", "030 111222"):
        assert manager.post(keep, {"phone": nobody}).status_code == 404


def test_somebody_without_a_name_is_typed_by_phone(manager: Client, alice: User) -> None:
    walk_in = make_user("", name="")
    Customer.objects.filter(user=walk_in).update(phone="030 555777")
    send(manager, alice, walk_in.pk, "030 555777")

    assert joined(alice, walk_in)


def test_nobody_is_joined_whom_nobody_knows(manager: Client, alice: User) -> None:
    for other in ("0", "999999", "nobody@example.com", "\0", "9" * 30, ""):
        answer = manager.get(reverse("person-join", args=[alice.pk]), {"other": other})
        assert "other" in answer.context["form"].errors


def test_what_comes_later_finds_the_one_that_was_kept(mo: User, alice: User, twin: User) -> None:
    request = RequestFactory().get("/")
    request.user = mo
    join_people(lost_id=twin.pk, kept_id=alice.pk, request=request)

    assert find_or_add_customer(email=twin.email, name="Al", phone="") == alice


def test_a_joined_record_is_opened_by_nobody(
    manager: Client, mo: User, alice: User, twin: User
) -> None:
    User.objects.filter(pk=twin.pk).update(closed_at=timezone.now())
    request = RequestFactory().get("/")
    request.user = mo
    join_people(lost_id=twin.pk, kept_id=alice.pk, request=request)

    assert welcome_back(twin.email) is None
    assert not reopen_account(user=twin)
    counts = {"customer-TOTAL_FORMS": "0", "customer-INITIAL_FORMS": "0"}
    address = reverse("admin:accounts_user_change", args=[twin.pk])
    form = {"email": twin.email, "name": "Al", "is_active": "on", **counts}
    form["version"] = version_of(User.objects.get(pk=twin.pk))
    page = manager.post(address, form)
    assert "was joined with another" in page.text
    assert not User.objects.get(pk=twin.pk).is_active
