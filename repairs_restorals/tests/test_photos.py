import struct
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from repairs_restorals.models.photos import PHOTO_WIDTHS
from repairs_restorals.photos import PHOTOS_AT_ONCE, prepare_photos, prepared
from repairs_restorals.tests.factories import photo_file
from store.pictures.images import ImageRefused
from store.tests.pictures import picture_bytes, upload


def test_photos_are_jpeg_in_three_sizes_within_a_square() -> None:
    photo = prepared(photo_file(size=(2700, 3600)))

    assert [(each.name, each.width, each.height) for each in photo.all] == [
        ("large.jpeg", 1800, 2400),
        ("medium.jpeg", 720, 960),
        ("thumb.jpeg", 240, 320),
    ]
    assert {Image.open(BytesIO(each.content)).format for each in photo.all} == {"JPEG"}
    assert len(photo.all) == len(PHOTO_WIDTHS)


def test_more_than_eight_are_refused_one_by_one() -> None:
    good, refused = prepare_photos(
        photo_file(f"{number}.jpg") for number in range(PHOTOS_AT_ONCE + 2)
    )

    assert len(good) == PHOTOS_AT_ONCE
    assert [photo.name for photo in refused] == ["8.jpg", "9.jpg"]
    assert {photo.reason for photo in refused} == {"Please send 8 photos at once at most."}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("clock\x00\x07\u202egpj.exe", "clock gpj.exe"),
        ("a\nb\u2028c.jpg", "a b c.jpg"),
        ("x" * 1000, "x" * 79 + "…"),
        ("\n", "without a name"),
        ("", "without a name"),
    ],
)
def test_names_in_sentences_are_safe_to_show(name: str, shown: str) -> None:
    _, [refused] = prepare_photos([ContentFile(b"no picture", name=name)])
    assert refused.name == shown


def test_a_file_that_was_not_kept_whole_is_refused() -> None:
    cut = upload()
    cut.size = (cut.size or 0) + 1
    _, [refused] = prepare_photos([cut])
    assert refused.reason == "This was too much at once. Please send fewer pictures at a time."


@pytest.mark.parametrize(
    ("size", "options"),
    [
        ((4032, 3024), {"image_format": "PNG"}),
        ((4032, 3024), {"image_format": "PNG", "mode": "RGBA", "color": (1, 2, 3, 4)}),
        ((4032, 3024), {"image_format": "WEBP"}),
        ((4000, 3000), {"progressive": True}),
        ((8160, 6120), {}),
        ((4032, 3024), {"image_format": "MPO"}),
    ],
    ids=["png", "png with transparency", "webp", "progressive", "50 million", "mpo"],
)
def test_what_phones_make_is_taken(size: tuple[int, int], options: dict[str, Any]) -> None:
    assert prepared(photo_file(size=size, **options)).largest.width == 2400


@pytest.mark.parametrize(
    ("size", "options"),
    [
        ((4000, 4000), {"image_format": "PNG"}),
        ((4000, 4000), {"image_format": "WEBP"}),
        ((6000, 4000), {"progressive": True}),
        ((12_000, 10_000), {}),
    ],
    ids=["png", "webp", "progressive", "jpeg"],
)
def test_what_takes_too_much_memory_is_refused(
    size: tuple[int, int], options: dict[str, Any]
) -> None:
    with pytest.raises(ImageRefused, match="million pixels"):
        prepared(photo_file(size=size, **options))


def test_a_wide_picture_is_taken_and_one_wider_than_any_camera_makes_is_refused() -> None:
    assert prepared(photo_file(size=(9000, 10), image_format="PNG")).largest.width == 2400
    with pytest.raises(ImageRefused, match="too wide"):
        prepared(photo_file(size=(70_000, 10), image_format="PNG"))


def test_scans_one_by_one_take_as_much_as_progressive_ones() -> None:
    """A plain JPEG whose first scan has one component of three is kept whole by the decoder."""
    sent = bytearray(picture_bytes((6000, 4000)))
    start = sent.index(b"\xff\xda")
    assert sent[start + 4] == 3
    sent[start + 2 : start + 4] = struct.pack(">H", 8)
    sent[start + 4] = 1
    with pytest.raises(ImageRefused, match="million pixels"):
        prepared(BytesIO(bytes(sent)))
