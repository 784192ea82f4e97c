import struct
import tracemalloc
import zlib
from io import BytesIO

import pytest
from PIL import ExifTags, Image

from store.pictures.containers import BrokenContainer, UnknownContainer, orientation_in, strip
from store.pictures.images import ImageRefused, prepare
from store.tests.pictures import picture_bytes

FORMATS = ["JPEG", "PNG", "WEBP"]


def exif_of(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SecretCamera"
    exif[ExifTags.Base.Orientation] = orientation
    return exif.tobytes()


def kept(content: bytes) -> bytes:
    with strip(BytesIO(content)).file as file:
        return file.read()


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def with_segments(*more: bytes) -> bytes:
    sent = picture_bytes()
    return sent[:2] + b"".join(more) + sent[2:]


@pytest.mark.parametrize("image_format", FORMATS)
def test_notes_do_not_reach_the_decoder_but_the_orientation_is_read(image_format: str) -> None:
    sent = picture_bytes(image_format=image_format, exif=exif_of(6), xmp=b"SecretPlace")
    found = strip(BytesIO(sent))
    with found.file as file:
        assert b"Secret" not in file.read()
    assert b"Secret" in sent
    assert found.orientation == 6


@pytest.mark.parametrize("image_format", FORMATS)
def test_what_is_left_decodes_to_the_same_pixels(image_format: str) -> None:
    noise = BytesIO()
    picture = Image.effect_noise((150, 110), 80).convert("RGB")
    picture.save(noise, format=image_format, exif=exif_of(1))
    before = Image.open(noise).convert("RGB")
    after = Image.open(BytesIO(kept(noise.getvalue()))).convert("RGB")
    assert after.tobytes() == before.tobytes()


def test_what_phones_put_behind_a_picture_is_left_out() -> None:
    film = b"\0\0\0\x18ftypmp42" + b"\xff\xd9" * 50
    assert kept(picture_bytes() + film) == kept(picture_bytes())


def test_a_second_picture_of_an_mpo_is_left_out() -> None:
    assert kept(picture_bytes(image_format="MPO")).count(b"\xff\xd8") == 1


def test_exif_that_points_to_itself_takes_no_memory() -> None:
    """Each of 5,000 entries claims the same 60 kB, 300 MB in all."""
    entries = b"".join(struct.pack("<HHII", tag, 7, 60_000, 8) for tag in range(1000, 6000))
    tiff = b"II*\0\x08\0\0\0" + struct.pack("<H", 5000) + entries + b"\0" * 4
    sent = with_segments(segment(0xE1, b"Exif\0\0" + tiff))
    tracemalloc.start()
    prepare(BytesIO(sent))
    assert tracemalloc.get_traced_memory()[1] < 3_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "sent",
    [
        with_segments(*[segment(0xE5, b"")] * 30_000),
        with_segments(*[segment(0xDB, b"\0" * 60_000)] * 30),
        picture_bytes()[:-2] + segment(0xDA, b"\1\1\0\0\0\0") * 100 + b"\xff\xd9",
        picture_bytes(image_format="PNG")[:33] + chunk(b"prVt", b"") * 30_000,
        b"\xff\xd8\xff" + b"\0" * 10,
        b"\xff\xd8\xff\xc0\0\x04\0\0\xff\xda\0\x02",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"RIFF\xff\0\0\0WEBPVP8 \xff\xff\xff\xff",
    ],
    ids=["segments", "tables", "scans", "chunks", "zeros", "no components", "short", "long"],
)
def test_floods_and_stumps_are_broken(sent: bytes) -> None:
    with pytest.raises(BrokenContainer):
        strip(BytesIO(sent))
    with pytest.raises(ImageRefused):
        prepare(BytesIO(sent))


def test_other_kinds_are_unknown() -> None:
    for sent in (b"", b"GIF89a", b"RIFF\0\0\0\0WAVE"):
        with pytest.raises(UnknownContainer):
            strip(BytesIO(sent))


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_orders_of_bytes_are_read(order: str) -> None:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, 8, 0)
    assert orientation_in(mark + struct.pack(f"{order}IH", 8, 1) + entry) == 8


@pytest.mark.parametrize(
    "exif",
    [b"", b"II", b"XX*\0" + b"\0" * 20, b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff" * 9],
)
def test_exif_that_cannot_be_read_is_upright(exif: bytes) -> None:
    assert orientation_in(exif) == 1
