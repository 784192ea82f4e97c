import re
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db.models import F
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from store.models import Item, ItemImage, KeptPicture
from store.pictures.kept import remove_abandoned_pictures
from store.pictures.sizes import sibling
from store.tests.admin_steps import item_data
from store.tests.factories import make_category
from store.tests.pictures import upload

ADD = reverse("admin:store_item_add")


def hours_pass(hours: int, capture: DjangoCaptureOnCommitCallbacks) -> int:
    KeptPicture.objects.update(kept_at=F("kept_at") - timedelta(hours=hours))
    with capture(execute=True):
        return remove_abandoned_pictures()


def test_photos_go_when_nobody_sends_their_form_again(
    shop: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    capture = django_capture_on_commit_callbacks
    shop.post(ADD, item_data(make_category(), photos=[upload()]))
    used = str(ItemImage.objects.get().image)
    sent = item_data(make_category(), title="", photos=[upload()])
    page = shop.post(ADD, sent).content.decode()
    name = KeptPicture.objects.exclude(name=used).get().name
    assert hours_pass(20, capture) == 0
    found = re.search(r'name="kept_photos" value="([^"]+)"', page)
    assert found
    # It comes back once more, and its day begins anew.
    shop.post(ADD, item_data(make_category(), title="", kept_photos=found[1]))
    assert hours_pass(20, capture) == 0
    assert default_storage.exists(name)

    assert hours_pass(6, capture) == 1

    assert not default_storage.exists(name)
    assert not default_storage.exists(sibling(name, "thumb"))
    assert default_storage.exists(used)
    assert not KeptPicture.objects.exists()


def test_a_form_sent_again_brings_no_deleted_photo_back(
    shop: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    category = make_category()
    page = shop.post(ADD, item_data(category, title="", photos=[upload()])).content.decode()
    found = re.search(r'name="kept_photos" value="([^"]+)"', page)
    assert found
    shop.post(ADD, item_data(category, kept_photos=found[1]))
    with django_capture_on_commit_callbacks(execute=True):
        ItemImage.objects.get().delete()

    shop.post(ADD, item_data(category, kept_photos=found[1]))
    assert Item.objects.count() == 2
    assert not ItemImage.objects.exists()
