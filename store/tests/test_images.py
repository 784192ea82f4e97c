from io import BytesIO
from typing import Any

import pytest
from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from store.pictures.images import prepare
from store.tests.pictures import picture_bytes

RED = (254, 0, 0)


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def pixel(content: bytes, x: int = 5, y: int = 5) -> Any:
    return opened(content).convert("RGB").getpixel((x, y))


def near(colour: tuple[int, ...], expected: tuple[int, ...], by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(colour, expected, strict=True))


def large_of(content: bytes) -> bytes:
    return prepare(BytesIO(content)).largest.content


def test_five_widths_in_webp_are_made_of_a_large_picture() -> None:
    made = prepare(BytesIO(picture_bytes((3200, 2400)))).all

    assert [(each.name, each.width, each.height) for each in made] == [
        ("full.webp", 2400, 1800),
        ("large.webp", 1600, 1200),
        ("medium.webp", 960, 720),
        ("card.webp", 640, 480),
        ("thumb.webp", 320, 240),
    ]
    assert [opened(each.content).width for each in made] == [2400, 1600, 960, 640, 320]
    assert {opened(each.content).format for each in made} == {"WEBP"}


def test_a_small_picture_is_not_enlarged() -> None:
    made = prepare(BytesIO(picture_bytes((400, 300))))
    assert [each.width for each in made.all] == [400, 400, 400, 400, 320]
    # The same file again is not kept, unless releases before this one want it.
    assert [each.name for each in made.distinct().all] == ["large.webp", "card.webp", "thumb.webp"]


def test_one_pixel_is_a_picture() -> None:
    made = prepare(BytesIO(picture_bytes((1, 1), image_format="PNG"))).all
    assert {(each.width, each.height) for each in made} == {(1, 1)}


def test_a_very_tall_strip_is_at_most_twice_as_tall_as_wide_is_allowed() -> None:
    largest = prepare(BytesIO(picture_bytes((1, 20_000), image_format="PNG"))).largest
    assert (largest.width, largest.height) == (1, 4800)


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
        ("RGB", "red", "MPO", RED),
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
