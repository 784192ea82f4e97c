import pytest
from django.test import Client
from django.urls import reverse

from store.models import Item
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db
ADDRESS = reverse("store:suggestions")


def suggested(client: Client, words: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = client.get(ADDRESS, {"q": words}).json()["things"]
    return found


def test_things_are_suggested_by_what_is_typed_so_far(client: Client) -> None:
    camera = make_item(title="Camera", maker="Leitz")
    make_item(title="Lamp")

    expected = {"title": "Camera", "maker": "Leitz", "address": camera.get_absolute_url()}
    assert suggested(client, "cam") == [expected]


def test_nothing_is_suggested_for_nothing_and_for_what_nobody_has(client: Client) -> None:
    make_item(title="Camera")

    assert suggested(client, "") == suggested(client, " ") == suggested(client, "xyz") == []


def test_what_looks_the_same_is_suggested_once_and_no_more_than_a_few(client: Client) -> None:
    for number in range(9):
        make_item(title="Camera", maker="Leitz", slug=f"camera-{number}")
        make_item(title=f"Camera {number}")

    found = [thing["title"] for thing in suggested(client, "camera")]
    assert found == ["Camera", *(f"Camera {number}" for number in range(8, 3, -1))]


def test_what_nobody_may_see_is_not_suggested(client: Client) -> None:
    make_item(title="Camera")
    Item.objects.update(published=False)

    assert suggested(client, "camera") == []


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post(ADDRESS).status_code == 405
