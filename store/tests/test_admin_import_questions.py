"""The page that asks what is unclear about a file, and the report that stays."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.test import Client

from accounts.models import User
from store.imports.running import KEEP_QUESTIONS, forget_imports
from store.models import ImportedDetail, ImportRun, Item, PictureFetch, Piece
from store.tests.csv_files import own_csv

pytestmark = pytest.mark.django_db

IMPORT = "/admin/store/item/import/"
HEADER = ["stock_number", "title", "category", "condition", "price"]
AS_IT_IS = {"look_alikes": "hold", "pictures": "on"}


@pytest.fixture
def shop(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def upload(client: Client, content: bytes, **data: str) -> Any:
    file = SimpleUploadedFile("items.csv", content)
    return client.post(IMPORT, {"file": file, **data}, follow=True)


def answer(client: Client, page: Any, **data: str) -> Any:
    return client.post(page.request["PATH_INFO"], {**AS_IT_IS, **data}, follow=True)


def text_of(page: Any) -> str:
    return " ".join(page.content.decode().split())


def test_what_may_be_two_amounts_is_asked_before_anything_comes_in(shop: Client) -> None:
    page = upload(shop, own_csv({"stock_number": "1"}, {"stock_number": "2", "price": "45.000"}))

    assert "Line 3: “45.000” may be 45 or 45,000." in text_of(page)
    assert not Item.objects.exists()

    page = answer(shop, page, decimal="comma")
    assert "€45,000.00" in text_of(page)
    assert not Item.objects.exists()

    page = answer(shop, page, decimal="comma", **{"import": "yes"})
    assert list(Item.objects.order_by("pk").values_list("price", flat=True)) == [30, 45_000]
    assert "The import is done." in text_of(page)


def test_a_question_needs_an_answer_and_one_is_to_leave_the_rows_out(shop: Client) -> None:
    page = upload(shop, own_csv({"stock_number": "1"}, {"stock_number": "2", "price": "45.000"}))

    page = answer(shop, page, **{"import": "yes"})
    assert page.context["form"].errors["decimal"]

    answer(shop, page, decimal="leave", **{"import": "yes"})
    assert Item.objects.get().price == 30
    assert (ImportRun.objects.get().report or {})["bad_rows"][0]["line"] == 3


def test_the_order_of_dates_is_asked_with_that_of_the_shop_chosen(shop: Client) -> None:
    page = upload(shop, own_csv({"purchased_on": "12/06/1979"}))

    assert page.context["form"]["dates"].initial == "dmy"
    answer(shop, page, dates="mdy", **{"import": "yes"})
    assert str(Piece.objects.get().purchased_on) == "1979-12-06"


def test_the_first_rows_are_shown_as_they_will_be_read(shop: Client) -> None:
    row = {"price": "1.299,00", "purchased_on": "06.12.1979", "title": "Öl <b>"}
    content = own_csv(row).decode().encode("cp1252")

    page = text_of(upload(shop, content, check_only="on"))

    for text in ("Windows-1252", "Öl &lt;b&gt;", "€1,299.00", "6 December 1979", "collection only"):
        assert text in page
    assert not Item.objects.exists()


def test_unknown_columns_are_asked_about_with_the_nearest_one_chosen(shop: Client) -> None:
    row = {"perod": "1900", "shelf": "A3", "owner": "Ann"}
    page = upload(shop, own_csv(row, columns=[*HEADER, *row]))

    form = page.context["form"]
    assert [form[name].initial for name in form.columns] == ["period", "", ""]
    choices = {"column_at_5": "period", "column_at_6": "keep", "column_at_7": "ignore"}
    page = answer(shop, page, **choices, **{"import": "yes"})

    assert Item.objects.get().period == "1900"
    assert str(ImportedDetail.objects.get()) == "shelf: A3"
    assert "owner" in (ImportRun.objects.get().report or {})["left_out"]
    item = Item.objects.get()
    assert f"/admin/store/item/{item.pk}/change/" in text_of(page)
    assert "shelf: A3" in text_of(shop.get(f"/admin/store/item/{item.pk}/change/"))


def test_a_missing_column_may_be_one_that_is_called_otherwise(shop: Client) -> None:
    page = upload(shop, own_csv({}, columns=HEADER).replace(b"price", b"amount"), check_only="on")
    assert "The column “Price” is missing." in text_of(page)

    page = answer(shop, page, column_at_4="price", **{"import": "yes"})

    assert Item.objects.get().price == 30


def test_what_a_column_is_stays_said_through_any_number_of_looks(shop: Client) -> None:
    row = {"breadth": "12", "shelf": "A3"}
    page = upload(shop, own_csv(row, columns=[*HEADER, *row]), check_only="on")
    assert "read it as “Width (cm)”" in text_of(page)
    choices = {"column_at_5": "width_cm", "column_at_6": "keep"}

    for _look in range(2):
        page = answer(shop, page, **choices)
        form = page.context["form"]
        assert {name: form[name].initial for name in form.columns} == choices
    page = answer(shop, page, **choices, **{"import": "yes"})

    assert Item.objects.get().width_cm == 12
    assert str(ImportedDetail.objects.get()) == "shelf: A3"


def test_a_choice_about_a_column_can_be_changed(shop: Client) -> None:
    row = {"breadth": "12"}
    page = upload(shop, own_csv(row, columns=[*HEADER, *row]), check_only="on")

    page = answer(shop, page, column_at_5="width_cm")
    answer(shop, page, column_at_5="depth_cm", **{"import": "yes"})

    item = Item.objects.get()
    assert (item.width_cm, item.depth_cm) == (None, Decimal(12))


def test_an_import_that_is_refused_says_why(shop: Client) -> None:
    content = own_csv({}, columns=HEADER).replace(b"price", b"amount")
    page = upload(shop, content, check_only="on")

    page = answer(shop, page, column_at_4="ignore", **{"import": "yes"})

    assert "Nothing was imported. The column “Price” is missing." in text_of(page)


def test_what_a_choice_makes_unclear_is_asked_before_anything_comes_in(shop: Client) -> None:
    row = {"paid": "45.000"}
    page = upload(shop, own_csv(row, columns=[*HEADER, *row]), check_only="on")

    page = answer(shop, page, column_at_5="purchase_price", **{"import": "yes"})

    assert "Nothing was imported. Line 2: “45.000” may be 45 or 45,000." in text_of(page)
    assert not Item.objects.exists()


def test_what_to_do_about_look_alikes_is_said_for_the_page_where_it_stands(shop: Client) -> None:
    content = own_csv({"stock_number": "00471"}, {"stock_number": "471"})

    page = upload(shop, content, check_only="on")
    assert "Under “What looks like another thing” on this page" in text_of(page)
    assert "send the file again" not in text_of(page)
    assert page.context["form"]["look_alikes"].label == "What looks like another thing"

    page = answer(shop, page, **{"import": "yes"})
    assert "send the file again with “Check only”" in text_of(page)


def test_two_columns_cannot_be_read_as_one(shop: Client) -> None:
    row = {"perod": "1900", "peroid": "1901"}
    page = upload(shop, own_csv(row, columns=[*HEADER, *row]))

    page = answer(shop, page, column_at_5="period", column_at_6="period")

    assert page.context["form"].errors["column_at_5"]


def test_an_answer_that_makes_no_sense_of_the_file_is_taken_back(shop: Client) -> None:
    page = upload(shop, own_csv({}), check_only="on")

    page = answer(shop, page, encoding="utf-16")

    assert page.status_code == 200
    assert "This file is not in UTF-16." in text_of(page)
    assert page.context["look"].is_clear


def test_new_things_come_in_as_was_asked_for(shop: Client) -> None:
    columns = [name for name in HEADER if name != "category"]
    content = b"\n".join([",".join(columns).encode(), b"1,Bowl,good,30", b""])

    upload(shop, content, unpublished="on", tax_scheme="margin", category="Found")

    item = Item.objects.get()
    assert (item.published, item.tax_scheme, item.category.name) == (False, "margin", "Found")


def test_a_look_alike_is_shown_beside_its_twin(shop: Client) -> None:
    upload(shop, own_csv({"stock_number": "00471"}))
    page = upload(shop, own_csv({"stock_number": "471"}))

    assert "Held back: these look like other things" in text_of(page)
    twin = Item.objects.get()
    assert f'00471 <a href="/admin/store/item/{twin.pk}/change/">Bowl</a>' in text_of(page)


def test_the_report_stays_and_tells_of_pictures(shop: Client) -> None:
    page = upload(shop, own_csv({}))
    run, item = ImportRun.objects.get(), Item.objects.get()
    assert (run.content, run.finished_at is None) == (None, False)
    PictureFetch.objects.create(item=item, run=run, url="https://a.example/1.jpg")
    refused = PictureFetch(item=item, run=run, url="https://a.example/2.jpg", state="refused")
    refused.reason = "There is no picture there."
    refused.save()

    page = shop.get(page.request["PATH_INFO"])

    for text in ("Waiting: 1", "Not taken: 1", "https://a.example/2.jpg", refused.reason):
        assert text in text_of(page)
    assert run.get_absolute_url() in text_of(shop.get(IMPORT))


def test_the_report_leads_to_new_and_changed_things(shop: Client) -> None:
    upload(shop, own_csv({"stock_number": "1", "title": "Jug"}))
    page = upload(shop, own_csv({"stock_number": "1", "title": "Ewer"}, {"stock_number": "2"}))

    changed, new = Item.objects.order_by("pk")
    text = text_of(page)
    for item, heading in [(changed, "Changed things"), (new, "New things")]:
        link = f'<a href="/admin/store/item/{item.pk}/change/">{item.title}</a>'
        assert link in text.partition(heading)[2]


def test_a_file_that_waits_is_its_senders_own(shop: Client, admin_user: User) -> None:
    page = upload(shop, own_csv({}), check_only="on")
    address = page.request["PATH_INFO"]

    shop.force_login(admin_user)
    assert shop.get(address).status_code == 404
    assert shop.post(address, {**AS_IT_IS, "import": "yes"}).status_code == 404


def test_staff_who_may_not_import_see_no_reports(client: Client, wren: User) -> None:
    run = ImportRun.objects.create(filename="x.csv", finished_at=Now(), report={})
    client.force_login(wren)

    assert client.get(run.get_absolute_url()).status_code == 403


def test_files_without_an_answer_are_forgotten(sam: User) -> None:
    old = ImportRun.objects.create(filename="old.csv", content=b"x", user=sam)
    ImportRun.objects.filter(pk=old.pk).update(created_at=Now() - 2 * KEEP_QUESTIONS)
    ImportRun.objects.create(filename="new.csv", content=b"x", user=sam)
    done = ImportRun.objects.create(filename="done.csv", finished_at=Now(), report={})
    ImportRun.objects.filter(pk=done.pk).update(created_at=Now() - 2 * KEEP_QUESTIONS)

    assert forget_imports() == 1
    assert set(ImportRun.objects.values_list("filename", flat=True)) == {"new.csv", "done.csv"}


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "cp1250"])
def test_letters_that_may_be_others_are_asked_about(shop: Client, encoding: str) -> None:
    content = own_csv({"title": "Ähnlich schöne Möbel" if encoding != "cp1250" else "Małe łódź"})
    content = content.decode().encode(encoding)
    page = upload(shop, content)
    assert "Are these words whole:" in text_of(page)
    assert not Item.objects.exists()

    answer(shop, page, encoding=encoding, **{"import": "yes"})

    assert Item.objects.get().title in {"Ähnlich schöne Möbel", "Małe łódź"}


def test_letters_that_nobody_would_doubt_are_not_asked_about(shop: Client) -> None:
    title = "Škoda’s „Möbel“ – œuvre naïve, 5 €, Ängste…"

    page = upload(shop, own_csv({"title": title}).decode().encode("cp1252"))

    assert "The import is done." in text_of(page)
    assert Item.objects.get().title == title
