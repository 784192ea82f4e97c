from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, transaction
from PIL import Image
from pytest_django import Settings

from store.models import Item, ItemImage
from store.pictures.images import ImageRefused, add_image, prepare
from store.tests.pictures import picture_bytes, upload


def files(media: Path) -> list[str]:
    return sorted(path.name for path in media.rglob("*") if path.is_file())


# --- Rows and files ----------------------------------------------------------


def test_add_image_stores_three_files_and_one_row(clock: Item, media: Path) -> None:
    image = add_image(item=clock, file=upload(name="../../evil.php"), alt_text="A clock")

    assert files(media) == ["card.webp", "large.webp", "thumb.webp"]
    folder = next((media / "items").iterdir())
    assert image.image.name == f"items/{folder.name}/large.webp"
    assert len(folder.name) == 32
    assert (image.width, image.height) == (60, 40)


def test_a_large_picture_is_kept_in_five_sizes_the_largest_of_2400_pixels(
    clock: Item, media: Path
) -> None:
    sent = upload(picture_bytes((3000, 2000)))
    image = add_image(item=clock, file=sent, alt_text="A clock")

    assert files(media) == ["card.webp", "full.webp", "large.webp", "medium.webp", "thumb.webp"]
    assert str(image.image.name).endswith("/full.webp")
    assert (image.width, image.height) == (2400, 1600)
    assert image.full_url.endswith("/full.webp")
    assert [candidate.split()[1] for candidate in image.srcset.split(", ")] == [
        *("320w", "640w", "960w", "1600w", "2400w")
    ]


def test_a_refused_picture_leaves_nothing(clock: Item, media: Path) -> None:
    with pytest.raises(ImageRefused):
        add_image(item=clock, file=upload(b"no picture"), alt_text="A clock")
    assert files(media) == []
    assert not clock.images.exists()


@pytest.mark.django_db(transaction=True)
def test_files_of_a_transaction_that_is_rolled_back_are_removed(clock: Item, media: Path) -> None:
    with transaction.atomic():
        add_image(item=clock, file=upload(), alt_text="A clock")
        assert len(files(media)) == 3
        transaction.set_rollback(True)
    assert files(media) == []


@pytest.mark.django_db(transaction=True)
def test_files_go_when_their_row_cannot_be_written(clock: Item, media: Path) -> None:
    with pytest.raises(DatabaseError):
        add_image(item=clock, file=upload(), alt_text="A clock", position=-(2**40))
    assert files(media) == []


@pytest.mark.django_db(transaction=True)
def test_files_stay_after_commit_and_go_with_their_row(clock: Item, media: Path) -> None:
    image = add_image(item=clock, file=upload(), alt_text="A clock")
    assert len(files(media)) == 3
    with transaction.atomic():
        image.delete()
        assert len(files(media)) == 3
    assert files(media) == []


@pytest.mark.django_db(transaction=True)
def test_files_stay_when_the_deletion_of_their_row_is_rolled_back(clock: Item, media: Path) -> None:
    image = add_image(item=clock, file=upload(), alt_text="A clock")
    with transaction.atomic():
        image.delete()
        transaction.set_rollback(True)
    assert len(files(media)) == 3


@pytest.mark.django_db(transaction=True)
def test_files_go_with_their_item(clock: Item, media: Path) -> None:
    add_image(item=clock, file=upload(), alt_text="A clock")
    clock.pieces.all().delete()
    clock.delete()
    assert files(media) == []


@pytest.mark.django_db(transaction=True)
def test_files_that_are_replaced_go(clock: Item, media: Path) -> None:
    image = add_image(item=clock, file=upload(), alt_text="A clock")
    other = add_image(item=clock, file=upload(), alt_text="Its back")
    ItemImage.objects.filter(pk=other.pk).delete()
    assert len(files(media)) == 3
    image.image = "items/0/large.webp"
    image.save()
    assert files(media) == []


@pytest.mark.django_db(transaction=True)
def test_a_storage_without_folders_will_do(clock: Item, settings: Settings) -> None:
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": memory}
    image = add_image(item=clock, file=upload(), alt_text="A clock")
    name = str(image.image.name)
    assert Image.open(default_storage.open(name.replace("large", "card"))).format == "WEBP"
    image.delete()
    assert not default_storage.exists(name)


# --- In templates ------------------------------------------------------------


def test_srcset_tells_the_true_widths_of_tall_and_small_pictures() -> None:
    def srcset(width: int, height: int) -> list[str]:
        image = ItemImage(image="items/0/large.webp", width=width, height=height)
        return [candidate.rsplit("/")[-1] for candidate in image.srcset.split(", ")]

    assert srcset(1600, 1200) == ["thumb.webp 320w", "card.webp 640w", "large.webp 1600w"]
    assert srcset(1000, 3200) == ["thumb.webp 200w", "card.webp 400w", "large.webp 1000w"]
    assert srcset(500, 500) == ["thumb.webp 320w", "card.webp 500w"]
    assert srcset(200, 100) == ["thumb.webp 200w"]


@pytest.mark.parametrize("size", [(1999, 1234), (333, 999), (641, 640), (321, 7777)])
def test_the_widths_in_srcset_are_those_of_the_files(size: tuple[int, int]) -> None:
    made = prepare(BytesIO(picture_bytes(size, image_format="PNG")))
    pixels = {"width": made.largest.width, "height": made.largest.height}
    image = ItemImage(image="0/large.webp", renditions=ItemImage.Renditions.WEBP, **pixels)
    names = {candidate.split()[0].rpartition("/")[2] for candidate in image.srcset.split(", ")}
    assert names <= {each.name for each in made.distinct().all}
    widths = {f"{each.width}w" for each in made.all}
    assert {candidate.split()[1] for candidate in image.srcset.split(", ")} == widths


@pytest.fixture
def no_storage_calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("The storage was asked")

    with monkeypatch.context() as patch:
        for call in ("_open", "exists", "size", "path"):
            patch.setattr(FileSystemStorage, call, refuse)
        yield


def test_showing_pictures_asks_the_storage_nothing(
    clock: Item, media: Path, request: pytest.FixtureRequest
) -> None:
    add_image(item=clock, file=upload(), alt_text="A clock")
    request.getfixturevalue("no_storage_calls")
    image = clock.images.get()
    assert image.large_url == default_storage.url(image.image.name)
    assert image.card_url.endswith("/card.webp")
    assert image.thumb_url.endswith("/thumb.webp")
