"""With a password alone, staff are nobody: at every address of the site, now and later."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.tests.factories import PASSWORD, make_user
from accounts.tests.factors import log_in_whole, make_app
from invoices.tests.admin_steps import make_invoice
from repairs_restorals.tests.factories import make_photo, make_ticket
from store.models import Item, ShopProfile
from tests.everything import routes

pytestmark = pytest.mark.django_db
# Those of the way in and out itself.
OF_THE_WAY = re.compile(r"/accounts/(login|logout|second-factor|register)|/admin/(login|logout)")


@pytest.fixture
def owner(settings: Settings) -> User:
    """Somebody who may do everything, once the second factor is given."""
    settings.STAFF_SECOND_FACTOR = True
    return make_user("owner@example.com", is_staff=True, is_superuser=True)


def addresses(pk: int) -> Iterator[str]:
    """One address for each route, those of the admin with all their parameters."""
    for route in routes(get_resolver()):
        plain = re.sub(r"\(\?P<[^>]+>[^()]*(\([^()]*\)[^()]*)*\)|<[^>]+>", str(pk), route)
        address = re.sub(r"[\^$\\]", "", plain)
        if not OF_THE_WAY.match(address):
            yield address


def test_every_address_answers_as_to_nobody(owner: User, clock: Item) -> None:
    half, nobody = Client(), Client()
    half.force_login(owner)
    found = list(addresses(clock.pk))
    admin = [address for address in found if address.startswith("/admin/")]

    for address in found:
        answers = [browser.get(address) for browser in (half, nobody)]
        assert answers[0].status_code == answers[1].status_code, address
        assert answers[0].headers.get("Location") == answers[1].headers.get("Location"), address
    for address in admin:
        assert half.get(address).status_code in {301, 302, 404}, address
        assert half.post(address).status_code in {301, 302, 404}, address

    assert len(admin) > 100
    assert {"/admin/autocomplete/", "/admin/jsi18n/", "/admin/password_change/"} <= {*admin}


def test_neither_photos_nor_papers_of_customers_open(owner: User, alice: User) -> None:
    half, whole = Client(), Client()
    photo = make_photo(make_ticket(alice))
    behind = [
        reverse("repairs:photo", args=[photo.ticket_id, photo.pk, "large"]),
        f"/admin/invoices/invoice/{make_invoice().pk}/change/",
        "/admin/autocomplete/?app_label=store&model_name=piece&field_name=item&term=a",
        "/admin/jsi18n/",
    ]
    half.force_login(owner)
    log_in_whole(whole, owner)

    assert [whole.get(address).status_code for address in behind] == [200] * 4
    assert [half.get(address).status_code == 200 for address in behind] == [False] * 4


def test_control_without_the_setting_the_doors_are_open(
    owner: User, clock: Item, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    half = Client()
    half.force_login(owner)

    assert half.get("/admin/").status_code == 200


@pytest.mark.parametrize("email", ["help@shop.example.com", ""])
def test_a_customer_without_phone_and_codes_knows_whom_to_ask(
    client: Client, alice: User, email: str
) -> None:
    make_app(alice)
    ShopProfile.objects.update_or_create(pk=1, defaults={"email": email, "phone": ""})
    client.post(reverse("accounts:login"), {"username": alice.email, "password": PASSWORD})

    page = client.get(reverse("accounts:factor")).text
    told = page.partition("recovery codes at hand?")[2].partition("</p>")[0]

    assert (email or reverse("store:imprint")) in told
    assert "server" not in told
