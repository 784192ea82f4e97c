import json
import resource
import struct
import sys
import zlib
from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image

from store.pictures import decoder, images
from store.pictures.decoder import Decoder
from store.pictures.files import Renditions
from store.pictures.images import ImageRefused, prepare
from store.tests.pictures import picture_bytes

FORMATS = ["JPEG", "PNG", "WEBP"]


def exif_of(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SecretCamera"
    exif[ExifTags.Base.Orientation] = orientation
    return exif.tobytes()


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def with_segments(*more: bytes) -> bytes:
    sent = picture_bytes()
    return sent[:2] + b"".join(more) + sent[2:]


def with_exif(tiff: bytes) -> bytes:
    return with_segments(segment(0xE1, b"Exif\0\0" + tiff))


def size_of(content: bytes) -> tuple[int, int]:
    largest = prepare(BytesIO(content)).largest
    return largest.width, largest.height


def made(content: bytes) -> Renditions:
    """What the decoder itself makes of a file that was not looked at before."""
    wanted = {
        "widths": {"large": 60},
        "tallest": 1,
        "format": "JPEG",
        "quality": 82,
        "memory": images.DECODED_PHOTO_BYTES,
        "max_pixels": images.MAX_PIXELS,
        "max_width": images.MAX_WIDTH,
    }
    with Decoder() as open_decoder:
        return images.made(open_decoder, content, wanted)


@pytest.mark.parametrize("image_format", FORMATS)
def test_notes_are_dropped_but_the_orientation_is_read(image_format: str) -> None:
    sent = picture_bytes(image_format=image_format, exif=exif_of(6), xmp=b"SecretPlace")
    assert b"Secret" in sent
    assert b"Secret" not in prepare(BytesIO(sent)).largest.content
    assert size_of(sent) == (40, 60)


@pytest.mark.parametrize("image_format", FORMATS)
def test_what_needs_no_shrinking_keeps_its_pixels(image_format: str) -> None:
    file = BytesIO()
    Image.radial_gradient("L").convert("RGB").save(file, format=image_format, exif=exif_of(1))
    before = Image.open(file).convert("L").tobytes()
    after = Image.open(BytesIO(prepare(file, quality=100).largest.content)).convert("L").tobytes()
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) <= 6


def test_what_phones_put_behind_a_picture_is_left_out() -> None:
    film = b"\0\0\0\x18ftypmp42" + b"\xff\xd9" * 50
    assert prepare(BytesIO(picture_bytes() + film)) == prepare(BytesIO(picture_bytes()))


def test_exif_that_points_to_itself_is_passed_over() -> None:
    """Each of 5,000 entries claims the same 60 kB, 300 MB in all."""
    entries = b"".join(struct.pack("<HHII", tag, 7, 60_000, 8) for tag in range(1000, 6000))
    tiff = b"II*\0\x08\0\0\0" + struct.pack("<H", 5000) + entries + b"\0" * 4
    assert size_of(with_exif(tiff)) == (60, 40)


@pytest.mark.parametrize(
    "sent",
    [
        picture_bytes(progressive=True)[:-2]
        + segment(0xDA, b"\1\1\0\0\0\0") * 100_000
        + b"\xff\xd9",
        with_segments(*[segment(0xDB, b"\0" * 60_000)] * 30),
        b"\xff\xd8\xff" + b"\0" * 10,
        b"\xff\xd8\xff\xc0\0\x04\0\0\xff\xda\0\x02",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"RIFF\xff\0\0\0WEBPVP8 \xff\xff\xff\xff",
    ],
    ids=["scans", "tables", "zeros", "no components", "short", "long"],
)
def test_floods_and_stumps_are_refused(sent: bytes) -> None:
    with pytest.raises(ImageRefused, match="damaged or incomplete"):
        prepare(BytesIO(sent))


@pytest.mark.parametrize(
    "sent",
    [
        with_segments(*[segment(0xE5, b"")] * 30_000),
        picture_bytes()[:-2] + segment(0xDA, b"\1\1\0\0\0\0") * 100_000 + b"\xff\xd9",
        picture_bytes(image_format="PNG")[:33]
        + chunk(b"prVt", b"") * 30_000
        + picture_bytes(image_format="PNG")[33:],
    ],
    ids=["segments", "scans", "chunks"],
)
def test_parts_that_say_nothing_do_no_harm(sent: bytes) -> None:
    assert size_of(sent) == (60, 40)


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_orders_of_bytes_are_read(order: str) -> None:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, 8, 0)
    tiff = mark + struct.pack(f"{order}IH", 8, 1) + entry + b"\0" * 4
    assert size_of(with_exif(tiff)) == (40, 60)


@pytest.mark.parametrize(
    "exif",
    [b"", b"II", b"XX*\0" + b"\0" * 20, b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff" * 9],
)
def test_exif_that_cannot_be_read_is_upright(exif: bytes) -> None:
    assert size_of(with_exif(exif)) == (60, 40)


# --- The process that decodes -------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        picture_bytes(image_format="TIFF"),
        picture_bytes(image_format="PPM"),
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>',
        b"1 2 3\n4 5 6\n",
    ],
    ids=["tiff", "ppm", "svg", "csv"],
)
def test_the_decoder_knows_no_other_kinds(content: bytes) -> None:
    with pytest.raises(ImageRefused, match="damaged"):
        made(content)


def test_a_decoder_that_dies_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(decoder, "COMMAND", [sys.executable, "-c", "pass"])
    with pytest.raises(ImageRefused, match="damaged"):
        prepare(BytesIO(picture_bytes()))
    assert "A decoder failed" in caplog.text


def test_the_memory_of_a_decoder_is_bounded_and_does_not_add_up() -> None:
    large = picture_bytes((4000, 3000), progressive=True)
    with Decoder() as one:
        for _ in range(8):
            prepare(BytesIO(large), widths={"large": 60}, decoder=one)
        assert one.process
        resident = Path(f"/proc/{one.process.pid}/statm").read_text().split()[1]
        assert int(resident) * resource.getpagesize() < 60_000_000
        limit, _ = resource.prlimit(one.process.pid, resource.RLIMIT_DATA)
        assert limit == 400_000_000


def test_a_decoder_that_comes_to_no_end_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "MAX_SECONDS", 0.001)
    with pytest.raises(ImageRefused, match="damaged"):
        prepare(BytesIO(picture_bytes()))


def test_after_a_picture_that_ended_it_a_decoder_goes_on_with_the_next() -> None:
    with Decoder() as one:
        first = prepare(BytesIO(picture_bytes()), decoder=one)
        assert one.process
        one.process.kill()
        with pytest.raises(ImageRefused, match="damaged"):
            prepare(BytesIO(picture_bytes()), decoder=one)
        assert prepare(BytesIO(picture_bytes()), decoder=one) == first


def lies() -> Iterator[Any]:
    told = {"name": "large.jpeg", "width": 60, "height": 40}
    script = b64encode(b"<script>alert(1)</script>").decode()
    yield {"made": [told | {"content": script}]}
    yield {"made": [told | {"content": b64encode(picture_bytes((61, 40))).decode()}]}
    yield {"made": [{"content": script}]}
    yield {"made": "everything"}
    yield {"why": "not"}


@pytest.mark.parametrize("lie", list(lies()))
def test_a_decoder_that_was_led_astray_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, lie: Any
) -> None:
    said = f"print('{json.dumps(lie)}')"
    monkeypatch.setattr(decoder, "COMMAND", [sys.executable, "-c", said])
    with pytest.raises(ImageRefused, match="damaged"):
        prepare(BytesIO(picture_bytes()))


def test_the_process_that_decodes_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-shop")
    tell = "import json, os; print(json.dumps(dict(os.environ)))"
    monkeypatch.setattr(decoder, "COMMAND", [sys.executable, "-c", tell])
    with decoder.started() as process:
        assert process.stdout
        known = json.loads(process.stdout.read())

    assert "PATH" in known
    assert not known.keys() & {"AWS_SECRET_ACCESS_KEY", "SECRET_KEY", "DATABASE_URL"}
