"""The country of an address is its code, whichever release has written it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.models import Customer, User
from accounts.postal import IS_UNREAD, match_countries

PROFILE = reverse("accounts:profile")
FORM = {"name": "Alice", "phone": "", "street": "", "postcode": "", "city": ""}


def lives_at(user: User, **columns: Any) -> Customer:
    return Customer.objects.update_or_create(user=user, defaults=columns)[0]


@pytest.fixture
def customer(alice: User) -> Customer:
    return lives_at(alice, street="Hill 1", country_code="CH")


@pytest.fixture
def shop_in_austria(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.home.HOMES", [lambda: "AT"])


def written(**columns: Any) -> Customer:
    """As the release before writes it: past all that this one does."""
    Customer.objects.update(**columns)
    return Customer.objects.earliest("pk")


def test_the_release_before_reads_the_name(customer: Customer) -> None:
    assert (customer.country, customer.country_read) == ("Switzerland", "Switzerland")

    customer.country_code = "FR"
    customer.save(update_fields=["country_code"])

    assert Customer.objects.values_list("country", flat=True).get() == "France"


def test_a_country_is_named_in_the_language_of_the_reader(customer: Customer) -> None:
    with override("de"):
        assert customer.address_lines == ["Hill 1", "Schweiz"]
    assert customer.address_lines == ["Hill 1", "Switzerland"]


def test_what_the_release_before_has_written_holds_at_once(customer: Customer) -> None:
    again = written(country="Frankreich")

    assert again.country_code == "FR"
    # What its owner chooses now is newer, though the timer has not run.
    again.country_code = "IT"
    again.save()
    assert Customer.objects.get().country_code == "IT"


def test_the_timer_matches_what_it_has_written(customer: Customer, bob: User) -> None:
    lives_at(bob, country_code="DE")
    written(country="Ungarn")

    assert match_countries() == 2
    assert match_countries() == 0
    assert [*Customer.objects.values_list("country_code", "country")] == [("HU", "Ungarn")] * 2


def test_what_nobody_knows_stays_and_is_looked_at_once(customer: Customer) -> None:
    again = written(country="Ruritania")

    assert (again.country_code, again.address_lines) == ("", ["Hill 1", "Ruritania"])
    assert match_countries() == 1
    assert not Customer.objects.filter(IS_UNREAD).exists()
    Customer.objects.get().save()
    assert Customer.objects.get().country == "Ruritania"


def test_who_takes_the_country_away_has_none(customer: Customer) -> None:
    customer.country_code = ""
    customer.save()

    assert Customer.objects.get().address_lines == ["Hill 1"]


def test_parts_of_a_row_are_read_as_ever(customer: Customer) -> None:
    written(country="Ungarn")

    assert Customer.objects.only("street").get().street == "Hill 1"
    assert Customer.objects.defer("country").get().country == "Ungarn"


def test_people_choose_from_a_list_that_begins_with_the_shops(
    client: Client, alice: User, shop_in_austria: None
) -> None:
    client.force_login(alice)
    with override("de"):
        page = client.get(PROFILE, headers={"accept-language": "en"})

    assert page.context["form"]["country_code"].value() == "AT"
    assert [code for code, _name in page.context["form"].fields["country_code"].choices][:2] == [
        *("", "AT")
    ]
    assert 'autocomplete="country"' in page.text


@pytest.mark.parametrize(("typed", "kept"), [({}, ""), ({"city": "Graz"}, "AT")])
def test_a_country_that_nobody_chose_is_no_address(
    client: Client, alice: User, shop_in_austria: None, typed: dict[str, str], kept: str
) -> None:
    client.force_login(alice)
    client.post(PROFILE, {**FORM, "country_code": "AT", **typed})

    assert Customer.objects.get().country_code == kept


def test_a_page_of_the_release_before_has_no_codes(client: Client, alice: User) -> None:
    client.force_login(alice)
    client.post(PROFILE, {**FORM, "city": "Wien", "country": "Österreich"})
    assert Customer.objects.get().country_code == "AT"

    page = client.post(PROFILE, {**FORM, "city": "Wien", "country": "Neverland"})
    assert "We know no country of this name." in page.text


def test_a_country_that_nobody_knows_is_asked_for(client: Client, customer: Customer) -> None:
    written(country="Ruritania")
    client.force_login(customer.user)

    page = client.get(PROFILE)

    assert "“Ruritania” is none that we know" in page.text
    assert not page.context["form"]["country_code"].value()


def test_staff_find_those_of_unknown_countries(
    admin_client: Client, customer: Customer, bob: User
) -> None:
    people = reverse("admin:accounts_user_changelist")
    lives_at(bob, country="Ruritania")

    page = admin_client.get(people, {"country": "unknown"}).text

    assert bob.email in page
    assert customer.user.email not in page


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("FR", "01 23 45 67 89", "+33 1 23 45 67 89"),
        ("AT", "01 234567890", "+43 1 234567890"),
        ("", "01 234567890", "+43 1 234567890"),
        ("FR", "after six", "after six"),
    ],
)
def test_a_phone_number_is_of_the_country_beside_it_or_the_shops(
    client: Client, alice: User, shop_in_austria: None, country: str, typed: str, kept: str
) -> None:
    client.force_login(alice)
    client.post(PROFILE, {**FORM, "city": "Lyon", "country_code": country, "phone": typed})

    assert Customer.objects.get().phone == kept


def test_an_old_number_is_dialled_in_the_country_of_the_shop(
    admin_client: Client, customer: Customer, shop_in_austria: None
) -> None:
    written(phone="01 / 234567890")

    page = admin_client.get(reverse("person", args=[customer.user.pk])).text

    assert '<a href="tel:+431234567890">01 / 234567890</a>' in page
