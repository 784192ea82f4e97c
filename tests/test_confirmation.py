"""Money, bank details, many prices and whole files: staff are asked again who they are."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.confirmation import CONFIRMED
from invoices.tests.admin_steps import action, make_invoice
from store.admin.imports import MOST_PRICES_AT_ONCE
from store.admin.profile import CHANGED_WITHOUT_ASKING
from store.admin.profile_form import ShopProfileForm
from store.exports import export_items
from store.models import Item, ShopProfile
from store.tests.factories import make_item
from store.tests.pictures import upload

pytestmark = pytest.mark.django_db
CONFIRM = reverse("accounts:confirm")
LIST = reverse("admin:store_item_changelist")
DAYS = "&start=2026-01-01&end=2026-12-31&dialect=point"
IMPORT = reverse("admin:store_item_import")


def wait(client: Client) -> None:
    session: Any = client.session
    session[CONFIRMED] -= 16 * 60
    session.save()


def is_asked(answer: Any) -> bool:
    return answer.status_code == 302 and str(answer.headers["Location"]).startswith(CONFIRM)


@pytest.mark.parametrize(
    "address",
    [
        reverse("admin:store_item_export"),
        reverse("admin:invoices_stock-book") + "?csv=1" + DAYS + "&by=sale&state=all",
        reverse("admin:invoices_export") + "?file=invoices" + DAYS,
    ],
)
def test_files_wait_and_pages_do_not(admin_client: Client, address: str) -> None:
    before = admin_client.get(address)
    # Read to its end: until then a file keeps its place among heavy work.
    assert before.getvalue()
    wait(admin_client)

    page = address.partition("?")[0].replace("item/export/", "item/")
    assert before.headers["Content-Type"].startswith("text/csv")
    assert is_asked(admin_client.get(address))
    assert admin_client.get(page).status_code == 200


def test_chosen_things_are_a_file_too(admin_client: Client, clock: Item) -> None:
    wait(admin_client)
    for name in ("export_chosen", "export_chosen_with_commas"):
        assert is_asked(admin_client.post(LIST, {"action": name, "_selected_action": [clock.pk]}))


@pytest.mark.parametrize("name", ["back", "refund"])
def test_money_goes_back_after_the_password(admin_client: Client, name: str) -> None:
    address = action(make_invoice(), name)
    assert not is_asked(admin_client.post(address, {}))

    wait(admin_client)

    assert is_asked(admin_client.post(address, {}))


def profile_with(client: Client, **changed: Any) -> Any:
    page = client.get(reverse("admin:store_shopprofile_changelist"))
    form = page.context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in shown.items() if value is not None}
    return client.post(reverse("admin:store_shopprofile_changelist"), {**sent, **changed})


PAY_ELSEWHERE = "Pay to DE02 1203 0000 0000 2020 51"


@pytest.mark.parametrize(
    "name",
    [
        "account_holder",
        "name",
        "street",
        "margin_note",
        "margin_note_art",
        "margin_note_antiques",
        "invoice_note",
        "withdrawal",
        "return_to",
        "guarantee",
        "terms",
        "imprint",
    ],
)
def test_what_papers_say_waits(admin_client: Client, name: str) -> None:
    wait(admin_client)

    assert is_asked(profile_with(admin_client, **{name: PAY_ELSEWHERE}))
    assert getattr(ShopProfile.get_solo(), name) != PAY_ELSEWHERE


@pytest.mark.parametrize("name", ["logo_picture", "notice_picture"])
def test_pictures_of_papers_wait(admin_client: Client, name: str) -> None:
    wait(admin_client)

    assert is_asked(profile_with(admin_client, **{name: upload()}))
    assert not ShopProfile.get_solo().logo
    assert not ShopProfile.get_solo().notice


def test_another_account_is_named_in_no_language_without_it(admin_client: Client) -> None:
    ShopProfile.objects.update_or_create(pk=1, defaults={"further_languages": ["de"]})
    wait(admin_client)

    assert is_asked(profile_with(admin_client, invoice_note_de=PAY_ELSEWHERE))
    assert ShopProfile.get_solo().translations == {}
    assert not is_asked(profile_with(admin_client, tagline_de="Sachen"))
    assert ShopProfile.get_solo().translations == {"tagline": {"de": "Sachen"}}


def test_opening_hours_do_not_wait(admin_client: Client) -> None:
    wait(admin_client)

    assert not is_asked(profile_with(admin_client, opening_hours="Never"))
    assert ShopProfile.get_solo().opening_hours == "Never"


def test_a_new_field_of_the_profile_waits() -> None:
    """What needs no password is named; whoever renames one of those names it anew."""
    assert {*ShopProfileForm.base_fields} > CHANGED_WITHOUT_ASKING


def prices(items: list[Item]) -> dict[str, Any]:
    rows = {"form-TOTAL_FORMS": len(items), "form-INITIAL_FORMS": len(items), "_save": "Save"}
    for at, item in enumerate(items):
        rows |= {f"form-{at}-id": item.pk, f"form-{at}-price": "1.00", f"form-{at}-published": "on"}
    return rows


def test_many_prices_wait_and_some_do_not(admin_client: Client) -> None:
    items = [make_item(title=f"Thing {n}", slug=f"thing-{n}") for n in range(21)]
    items.sort(key=lambda item: -item.pk)
    wait(admin_client)

    assert is_asked(admin_client.post(LIST, prices(items)))
    assert not Item.objects.filter(price=1).exists()
    assert not is_asked(admin_client.post(LIST, prices(items[:MOST_PRICES_AT_ONCE])))
    assert Item.objects.filter(price=1).count() == MOST_PRICES_AT_ONCE


def test_a_long_file_waits_on_its_page(admin_client: Client) -> None:
    for number in range(21):
        make_item(title=f"Thing {number}", slug=f"thing-{number}")
    lines = "".join(export_items(Item.objects.all())).replace("120.00", "1.00")
    file = BytesIO(lines.encode())
    file.name = "prices.csv"
    wait(admin_client)

    page = admin_client.post(IMPORT, {"file": file}, follow=True)
    assert not Item.objects.filter(price=1).exists()
    shown = {field.html_name: field.value() for field in page.context["form"]}
    sent = {name: value for name, value in shown.items() if value is not None}
    assert is_asked(admin_client.post(page.request["PATH_INFO"], {**sent, "import": "yes"}))

    assert not Item.objects.filter(price=1).exists()
