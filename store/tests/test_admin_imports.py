from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from accounts.models import User
from store.admin import import_forms
from store.imports import Options
from store.imports.running import record_file
from store.models import Item
from store.tests.csv_files import own_csv
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db

IMPORT = "/admin/store/item/import/"
EXPORT = "/admin/store/item/export/"
LIST = "/admin/store/item/"


@pytest.fixture
def shop(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


@pytest.fixture
def workshop(client: Client, wren: User) -> Client:
    client.force_login(wren)
    return client


def upload(client: Client, content: bytes, *, name: str = "items.csv", **data: str) -> Any:
    sent = {"file": SimpleUploadedFile(name, content), **data}
    return client.post(IMPORT, sent, follow=True)


def test_the_list_offers_import_and_export(shop: Client) -> None:
    page = shop.get(LIST).content.decode()

    assert IMPORT in page
    assert EXPORT in page


def test_the_form_checks_only_unless_told_otherwise(shop: Client) -> None:
    page = shop.get(IMPORT)

    assert page.context["form"]["check_only"].initial is True
    assert b"<style" not in page.content


def test_a_check_shows_what_would_happen_and_changes_nothing(shop: Client) -> None:
    page = upload(shop, own_csv({}), check_only="on")

    assert "checked only: nothing was changed" in page.content.decode()
    assert (Item.objects.count(), LogEntry.objects.count()) == (0, 0)


def test_an_import_goes_in_and_is_logged(shop: Client, sam: User) -> None:
    page = upload(shop, own_csv({}, {"stock_number": "2", "price": "<b>"}))

    assert Item.objects.count() == 1
    assert "price “&lt;b&gt;” is not a number" in page.content.decode()
    assert page.context["report"].bad_rows[0].line == 3
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr) == (sam, "Import of items.csv")
    assert "Items created: 1" in entry.change_message


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("items.csv", b"name,cost\n", "neither that of our own columns"),
        ("items.csv", b"", "The submitted file is empty."),
        ("items.xlsx", b"PK", "File extension “xlsx” is not allowed"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_beside_the_field(
    shop: Client, name: str, content: bytes, reason: str
) -> None:
    page = upload(shop, content, name=name)

    assert page.status_code == 200
    assert reason in page.context["form"].errors["file"][0]


def test_a_file_of_too_many_columns_is_refused_beside_the_field(shop: Client) -> None:
    page = upload(shop, b",".join(b"%d" % number for number in range(60_000)))

    reason = page.context["form"].errors["file"][0]
    assert reason.startswith("This file has 60000 columns, and 500 can be read")


def test_a_file_that_waits_and_is_refused_now_is_told_of(shop: Client, sam: User) -> None:
    content = b",".join(b"%d" % number for number in range(600))
    run = record_file(filename="wide.csv", content=content, options=Options(), user=sam)

    page = shop.get(run.get_absolute_url(), follow=True)

    assert page.redirect_chain == [(IMPORT, 302)]
    assertContains(page, "This file has 600 columns")


def test_no_file_at_all_is_refused(shop: Client) -> None:
    assert shop.post(IMPORT, {}).context["form"].errors["file"]


def test_a_file_that_is_too_large_is_refused(shop: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_forms, "LARGEST_FILE", 100)

    page = upload(shop, own_csv({}))

    assert "The file is larger than" in page.context["form"].errors["file"][0]


def test_a_large_upload_from_disk_goes_in(shop: Client, settings: Any) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10

    upload(shop, own_csv({}))

    assert Item.objects.count() == 1


def test_staff_who_may_not_change_items_cannot_import(workshop: Client) -> None:
    assert upload(workshop, own_csv({})).status_code == 403
    assert workshop.get(IMPORT).status_code == 403
    assert Item.objects.count() == 0
    page = workshop.get(LIST).content.decode()
    assert IMPORT not in page
    assert EXPORT in page


@pytest.mark.parametrize("address", [IMPORT, EXPORT])
def test_everybody_else_is_sent_to_the_login(client: Client, alice: User, address: str) -> None:
    login = reverse("admin:login")
    assert client.get(address)["Location"].startswith(login)
    client.force_login(alice)
    assert client.get(address)["Location"].startswith(login)


def test_wrong_methods_are_refused(shop: Client) -> None:
    assert shop.put(IMPORT).status_code == 405
    assert shop.post(EXPORT).status_code == 405


def test_all_items_are_exported(shop: Client) -> None:
    make_item(title="Bowl")
    make_item(title="Jug")

    answer = shop.get(EXPORT)

    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="items-')
    assert ["Bowl" in lines[1], "Jug" in lines[2], len(lines)] == [True, True, 3]


def test_an_export_is_in_the_dialect_of_the_readers_spreadsheet(shop: Client) -> None:
    item = make_item(title="Bowl", price="12.50")
    assert f"{EXPORT}?dialect=comma" in shop.get(LIST).content.decode()
    chosen = {"action": "export_chosen_with_commas", "_selected_action": [item.pk]}

    for answer in (shop.get(EXPORT, {"dialect": "comma"}), shop.post(LIST, chosen)):
        text = b"".join(answer).decode("utf-8-sig")
        assert text.startswith("stock_number;title;")
        assert ";12,50;" in text
    assert (
        b"".join(shop.get(EXPORT, {"dialect": "x"})).decode("utf-8-sig").startswith("stock_number,")
    )


def test_chosen_items_are_exported(shop: Client) -> None:
    chosen = make_item(title="Bowl")
    make_item(title="Jug")

    answer = shop.post(LIST, {"action": "export_chosen", "_selected_action": [chosen.pk]})

    text = b"".join(answer).decode()
    assert "Bowl" in text
    assert "Jug" not in text
