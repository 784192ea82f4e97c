import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from store.models import KeptPicture, ShopProfile
from store.pictures.kept import remove_abandoned_pictures
from store.tests.admin_steps import PROFILE_DATA
from store.tests.pictures import picture_bytes, upload

ADDRESS = reverse("admin:store_shopprofile_changelist")
PROFILE = {**PROFILE_DATA, "name": "Hare <& Hollow"}


def logo(size: tuple[int, int] = (900, 300)) -> Any:
    """See-through all over."""
    return upload(picture_bytes(size, mode="RGBA", color=(0, 0, 0, 0), image_format="PNG"))


def test_it_stands_in_the_header_with_its_size_and_the_name(
    admin_client: Client, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert "masthead__logo" not in client.get("/terms/").content.decode()

    assert admin_client.post(ADDRESS, {**PROFILE, "logo_picture": logo()}).status_code == 302

    shop = ShopProfile.get_solo()
    page = client.get("/terms/").content.decode()
    shown = f'src="/media/{shop.logo}" alt="Hare &lt;&amp; Hollow" width="120" height="40"'
    assert shown in page
    with default_storage.open(shop.logo) as file, Image.open(BytesIO(file.read())) as seen:
        assert (seen.format, seen.size, seen.mode) == ("WEBP", (240, 80), "RGBA")
    with django_assert_num_queries(0):
        client.get("/terms/")


def test_one_that_is_refused_is_answered_beside_it(admin_client: Client) -> None:
    sent = {**PROFILE, "tagline": "Typed", "logo_picture": upload(b"<svg/>", "logo.svg")}

    page = admin_client.post(ADDRESS, sent).content.decode()

    assert "This is not a JPEG, PNG or WebP picture." in page
    assert 'value="Typed"' in page
    assert not ShopProfile.get_solo().logo


def test_it_is_not_lost_by_an_error_elsewhere(admin_client: Client) -> None:
    sent = {**PROFILE, "name": "", "logo_picture": logo()}
    page = admin_client.post(ADDRESS, sent).content.decode()
    assert "It is kept from before" in page
    kept = re.search(r'name="kept_logo" value="([^"]+)"', page)
    assert kept

    admin_client.post(ADDRESS, {**PROFILE, "kept_logo": kept[1] + "x"})
    assert not ShopProfile.get_solo().logo
    # Twice, as by two clicks.
    for _ in range(2):
        admin_client.post(ADDRESS, {**PROFILE, "kept_logo": kept[1]})
        assert default_storage.exists(ShopProfile.get_solo().logo)


@pytest.mark.parametrize("instead", [{"no_logo": "on"}, {"logo_picture": logo((20, 20))}])
def test_its_file_stays_for_the_papers_that_show_it(
    admin_client: Client,
    instead: dict[str, Any],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    admin_client.post(ADDRESS, {**PROFILE, "logo_picture": logo()})
    before = ShopProfile.get_solo().logo

    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(ADDRESS, {**PROFILE, **instead})

    shop = ShopProfile.get_solo()
    KeptPicture.objects.update(kept_at=Now() - timedelta(days=3))
    with django_capture_on_commit_callbacks(execute=True):
        remove_abandoned_pictures()
    assert default_storage.exists(before)
    # A small one is not enlarged.
    assert (shop.shown_logo is None) == ("no_logo" in instead)
    assert (shop.logo_width, shop.logo_height) == ((0, 0) if "no_logo" in instead else (20, 20))
