import tracemalloc
import zlib
from io import BytesIO
from struct import pack

import pytest
from PIL import Image

from store.pictures.images import ImageRefused, prepare
from store.tests.pictures import picture_bytes, upload


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
        picture_bytes(image_format="BMP"),
        picture_bytes(image_format="PPM"),
        picture_bytes(image_format="JPEG2000"),
        SVG,
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.4 not a picture",
        b"\0" * 1000,
        b"GIF88a" + picture_bytes(),
    ],
    ids=["eps", "tiff", "ico", "bmp", "ppm", "jp2", "svg", "html", "pdf", "zeros", "mix"],
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


def gif_that_claims(width: int, height: int) -> bytes:
    """A GIF with data for 60 × 40 pixels whose head and frame speak of more."""
    body = bytearray(picture_bytes(image_format="GIF"))
    size = pack("<HH", width, height)
    frame = body.index(b",\0\0\0\0") + 5
    body[6:10] = body[frame : frame + 4] = size
    return bytes(body)


def moving_gif() -> bytes:
    frames = [Image.new("RGB", (60, 40), shade) for shade in ("red", "green", "blue")]
    file = BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    return file.getvalue()


def test_a_picture_that_moves_is_named() -> None:
    with pytest.raises(ImageRefused, match="moves"):
        prepare(BytesIO(moving_gif()))


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a" + picture_bytes(),
        b"GIF89a",
        picture_bytes(image_format="GIF")[:30],
        gif_that_claims(20_000, 20_000),
        gif_that_claims(65_535, 65_535),
    ],
    ids=["mix", "nothing", "cut", "bomb", "larger bomb"],
)
def test_what_only_begins_like_a_gif_is_refused(content: bytes) -> None:
    with pytest.raises(ImageRefused, match=r"damaged|million pixels"):
        prepare(BytesIO(content))


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
    largest = prepare(BytesIO(sent)).largest
    assert (largest.width, largest.height) == (60, 40)
