"""The official notice of the legal guarantee: put in by the shop, shown before ordering and after.

Articles 6(1)(l) and 22a of Directive 2011/83/EU, Annex I of Regulation (EU) 2025/1960.
"""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from pytest_django import DjangoCaptureOnCommitCallbacks

from invoices.orders.pdf.confirmation import attached
from store.models import KeptPicture, ShopProfile
from store.pictures.kept import remove_abandoned_pictures
from store.tests.admin_steps import PROFILE_DATA
from store.tests.factories import make_item, make_order
from store.tests.pictures import picture_bytes, upload
from tests.browsing import Page

pytestmark = pytest.mark.django_db
PROFILE = reverse("admin:store_shopprofile_changelist")
A4 = (1240, 1754)


@pytest.fixture
def notice(admin_client: Client) -> ShopProfile:
    sent = upload(picture_bytes(A4, image_format="PNG"))
    answer = admin_client.post(PROFILE, {**PROFILE_DATA, "notice_picture": sent})
    assert answer.status_code == 302
    return ShopProfile.get_solo()


def checkout(client: Client) -> Page:
    client.post(f"/bag/add/{make_item().pk}/")
    answer = client.get("/checkout/")
    return Page("/checkout/", 200, answer.content, answer.headers["Content-Type"])


def pictures_in(pdf: bytes) -> int:
    return sum(len(page.images) for page in PdfReader(BytesIO(pdf)).pages)


def test_it_stands_above_the_order_button_whole_and_in_colour(
    notice: ShopProfile, client: Client
) -> None:
    page = checkout(client)

    [picture] = page.soup.select("section.notice img")
    assert picture["src"] == default_storage.url(notice.notice)
    # In proportion, and with words for who does not see it.
    assert (picture["width"], picture["height"]) == ("420", "594")
    assert "at least two years" in str(picture["alt"])
    assert page.soup.select("section.notice a[href^='https://europa.eu/youreurope/']")
    html = str(page.soup)
    assert html.index(notice.notice) < html.index("obligation to pay")


def test_without_one_the_words_stand_there(client: Client) -> None:
    page = checkout(client)

    assert not page.soup.select("section.notice img")
    assert "at least two years" in page.soup.select("section.notice")[0].get_text()


def test_the_confirmation_of_an_order_has_it_but_not_that_of_a_business(
    notice: ShopProfile,
) -> None:
    order, other = make_order(make_item()), make_order(make_item(), for_business=True)

    assert [pictures_in(attached(str(each.pk))[1]) for each in (order, other)] == [1, 0]


@pytest.mark.parametrize("lose", [default_storage.delete, lambda name: None])
def test_a_picture_that_is_lost_hinders_no_confirmation(
    notice: ShopProfile, lose: Callable[[str], None]
) -> None:
    lose(notice.notice)

    assert attached(str(make_order(make_item()).pk))[1].startswith(b"%PDF")


def test_it_goes_by_a_tick_alone(
    notice: ShopProfile,
    admin_client: Client,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    KeptPicture.objects.update(kept_at=Now() - timedelta(days=3))
    with django_capture_on_commit_callbacks(execute=True):
        remove_abandoned_pictures()
        admin_client.post(PROFILE, PROFILE_DATA)
    assert default_storage.exists(ShopProfile.get_solo().notice)

    admin_client.post(PROFILE, {**PROFILE_DATA, "no_notice": "on"})
    assert ShopProfile.get_solo().shown_notice is None


def test_what_is_no_picture_is_answered_beside_it(admin_client: Client) -> None:
    sent = {**PROFILE_DATA, "notice_picture": upload(b"<svg/>", "notice.svg")}

    assert "This is not a JPEG, PNG or WebP picture." in admin_client.post(PROFILE, sent).text
