import tracemalloc
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from struct import pack
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, transaction
from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from pytest_django import Settings

from store.images import ImageRefused, add_image, prepare
from store.models import Item, ItemImage
from store.tests.pictures import picture_bytes, upload

RED = (254, 0, 0)


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def pixel(content: bytes, x: int = 5, y: int = 5) -> Any:
    return opened(content).convert("RGB").getpixel((x, y))


def near(colour: tuple[int, ...], expected: tuple[int, ...], by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(colour, expected, strict=True))


def large_of(content: bytes) -> bytes:
    return prepare(BytesIO(content)).largest.content


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files(media: Path) -> list[str]:
    return sorted(path.name for path in media.rglob("*") if path.is_file())


# --- What is made -----------------------------------------------------------


def test_three_widths_in_webp_are_made_of_a_large_picture() -> None:
    made = prepare(BytesIO(picture_bytes((2000, 1500)))).all

    assert [(each.name, each.width, each.height) for each in made] == [
        ("large.webp", 1600, 1200),
        ("card.webp", 640, 480),
        ("thumb.webp", 320, 240),
    ]
    assert [opened(each.content).size for each in made] == [(1600, 1200), (640, 480), (320, 240)]
    assert {opened(each.content).format for each in made} == {"WEBP"}


def test_a_small_picture_is_not_enlarged() -> None:
    made = prepare(BytesIO(picture_bytes((400, 300)))).all
    assert [each.width for each in made] == [400, 400, 320]


def test_one_pixel_is_a_picture() -> None:
    made = prepare(BytesIO(picture_bytes((1, 1), image_format="PNG"))).all
    assert {(each.width, each.height) for each in made} == {(1, 1)}


def test_a_very_tall_strip_is_at_most_twice_as_tall_as_wide_is_allowed() -> None:
    largest = prepare(BytesIO(picture_bytes((1, 20_000), image_format="PNG"))).largest
    assert (largest.width, largest.height) == (1, 3200)


def test_other_sizes_and_formats_can_be_asked_for() -> None:
    made = prepare(
        BytesIO(picture_bytes((900, 900))), widths={"photo": 800}, image_format="JPEG"
    ).all
    assert [(each.name, each.width) for each in made] == [("photo.jpeg", 800)]
    assert opened(made[0].content).format == "JPEG"


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_turned_upright(orientation: int, image_format: str) -> None:
    upright = Image.new("RGB", (120, 80), "blue")
    upright.paste("red", (0, 0, 40, 80))
    upright.paste("green", (0, 0, 40, 20))
    lying = {
        1: lambda image: image,
        2: lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lambda image: image.transpose(Image.Transpose.ROTATE_180),
        4: lambda image: image.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lambda image: image.transpose(Image.Transpose.TRANSPOSE),
        6: lambda image: image.transpose(Image.Transpose.ROTATE_90),
        7: lambda image: image.transpose(Image.Transpose.TRANSVERSE),
        8: lambda image: image.transpose(Image.Transpose.ROTATE_270),
    }[orientation](upright)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    file = BytesIO()
    lying.save(file, format=image_format, exif=exif, quality=95)

    made = large_of(file.getvalue())

    assert opened(made).size == (120, 80)
    assert near(pixel(made, 15, 8), (0, 128, 0), by=40)
    assert near(pixel(made, 15, 60), (255, 0, 0), by=40)
    assert near(pixel(made, 100, 60), (0, 0, 255), by=40)


def test_place_camera_comments_and_profiles_are_dropped() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SecretCamera"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSDateStamp] = "SecretDate"
    text = PngInfo()
    text.add_text("Comment", "SecretText")
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sent = picture_bytes(image_format="PNG", exif=exif, pnginfo=text, icc_profile=srgb)
    assert b"SecretCamera" in sent

    for made in prepare(BytesIO(sent)).all:
        assert b"Secret" not in made.content
        assert set(opened(made.content).info) <= {"background", "loop", "timestamp", "duration"}
        assert not opened(made.content).getexif()


def test_appended_bytes_do_not_get_through() -> None:
    assert b"<script>" not in large_of(picture_bytes() + b"<script>alert(1)</script>")


@pytest.mark.parametrize(
    ("mode", "color", "image_format", "expected"),
    [
        ("CMYK", (0, 255, 255, 0), "JPEG", RED),
        ("L", 200, "JPEG", (200, 200, 200)),
        ("1", 1, "PNG", (255, 255, 255)),
        ("P", 0, "PNG", (0, 0, 0)),
        ("LA", (100, 255), "PNG", (100, 100, 100)),
        ("LA", (0, 0), "PNG", (255, 255, 255)),
        ("RGBA", (255, 0, 0, 255), "PNG", RED),
        ("RGBA", (0, 0, 0, 0), "PNG", (255, 255, 255)),
        ("RGBA", (255, 0, 0, 128), "WEBP", (254, 127, 127)),
        ("I;16", 0x8000, "PNG", (128, 128, 128)),
        ("I;16", 0xFFFF, "PNG", (255, 255, 255)),
    ],
)
def test_every_kind_of_pixels_is_understood(
    mode: str, color: Any, image_format: str, expected: tuple[int, ...]
) -> None:
    made = large_of(picture_bytes(mode=mode, color=color, image_format=image_format))
    assert near(pixel(made), expected)


def test_transparency_of_a_palette_becomes_paper() -> None:
    sent = picture_bytes(mode="P", color=0, image_format="PNG", transparency=0)
    assert near(pixel(large_of(sent)), (255, 255, 255))


def test_of_an_animation_the_first_frame_is_taken() -> None:
    file = BytesIO()
    first, second = Image.new("RGB", (50, 50), "red"), Image.new("RGB", (50, 50), "blue")
    first.save(file, format="WEBP", save_all=True, append_images=[second], lossless=True)
    assert near(pixel(large_of(file.getvalue())), RED)


def test_colours_are_converted_from_the_pictures_own_profile() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    broken = picture_bytes(image_format="PNG", icc_profile=b"no profile at all")
    unfit = picture_bytes(image_format="PNG", icc_profile=lab)
    assert near(pixel(large_of(broken)), RED)
    assert near(pixel(large_of(unfit)), RED)


def test_a_wide_gamut_profile_changes_the_numbers() -> None:
    # A profile of sRGB with the red and green columns exchanged.
    swapped = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = swapped.index(b"rXYZ"), swapped.index(b"gXYZ")
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    made = large_of(picture_bytes(image_format="PNG", icc_profile=bytes(swapped)))
    assert near(pixel(made), (0, 255, 0))


# --- What is refused --------------------------------------------------------


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + header
        + chunk(b"IDAT", zlib.compress(b"\0" * 9))
        + chunk(b"IEND", b"")
    )


def webp_that_claims(width: int, height: int) -> bytes:
    body = bytearray(picture_bytes((60, 40), mode="RGBA", color=(1, 2, 3, 4), image_format="WEBP"))
    assert body[12:16] == b"VP8X"
    body[24:27] = (width - 1).to_bytes(3, "little")
    body[27:30] = (height - 1).to_bytes(3, "little")
    return bytes(body)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "content",
    [
        picture_bytes(image_format="EPS"),
        picture_bytes(image_format="TIFF"),
        picture_bytes(image_format="ICO"),
        picture_bytes(image_format="GIF"),
        picture_bytes(image_format="BMP"),
        picture_bytes(image_format="PPM"),
        picture_bytes(image_format="JPEG2000"),
        SVG,
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.4 not a picture",
        b"\0" * 1000,
        b"GIF89a" + picture_bytes(),
    ],
    ids=["eps", "tiff", "ico", "gif", "bmp", "ppm", "jp2", "svg", "html", "pdf", "zeros", "mix"],
)
def test_other_files_named_jpg_are_refused(content: bytes) -> None:
    with pytest.raises(ImageRefused, match="not a JPEG, PNG or WebP"):
        prepare(upload(content, "clock.jpg"))


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"heix", b"avif"])
def test_pictures_of_iphones_get_an_advice(brand: bytes) -> None:
    with pytest.raises(ImageRefused, match="Most Compatible"):
        prepare(BytesIO(b"\0\0\0\x18ftyp" + brand + b"\0" * 100))


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(ImageRefused, match="empty"):
        prepare(BytesIO())


def test_a_file_over_fifteen_megabytes_is_refused() -> None:
    with pytest.raises(ImageRefused, match="larger than 15 MB"):
        prepare(BytesIO(picture_bytes() + b"\0" * 15_000_000))


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_truncated_files_are_refused(image_format: str, share: float) -> None:
    noise = Image.effect_noise((300, 200), 80).convert("RGB")
    file = BytesIO()
    noise.save(file, format=image_format)
    whole = file.getvalue()
    with pytest.raises(ImageRefused, match=r"damaged|not a JPEG"):
        prepare(BytesIO(whole[: int(len(whole) * share)]))


@pytest.mark.parametrize(
    "bomb",
    [
        png_that_claims(7000, 7000),
        png_that_claims(60_000, 60_000),
        png_that_claims(2**31 - 1, 2**31 - 1),
        webp_that_claims(16_000, 16_000),
        webp_that_claims(4000, 4000),
    ],
    ids=["png", "larger png", "largest png", "webp", "webp over its own limit"],
)
def test_bombs_are_refused_before_memory_is_taken(bomb: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(ImageRefused, match=r"million pixels|damaged"):
        prepare(BytesIO(bomb))
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_png_with_less_data_than_it_claims_is_refused() -> None:
    with pytest.raises(ImageRefused, match="damaged"):
        prepare(BytesIO(png_that_claims(2000, 2000)))


def test_a_broken_orientation_is_passed_over() -> None:
    sent = picture_bytes(exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\xff" * 20)
    assert opened(large_of(sent)).size == (60, 40)


# --- Rows and files ---------------------------------------------------------


def test_add_image_stores_three_files_and_one_row(clock: Item, media: Path) -> None:
    image = add_image(item=clock, file=upload(name="../../evil.php"), alt_text="A clock")

    assert files(media) == ["card.webp", "large.webp", "thumb.webp"]
    folder = next((media / "items").iterdir())
    assert image.image.name == f"items/{folder.name}/large.webp"
    assert len(folder.name) == 32
    assert (image.width, image.height) == (60, 40)


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


# --- In templates -----------------------------------------------------------


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
    image = ItemImage(image="0/large.webp", width=made.largest.width, height=made.largest.height)
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
