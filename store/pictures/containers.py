"""Read JPEG, PNG and WebP files part by part and keep only what a decoder of pixels needs.

Pillow keeps a file's notes, each with an account of its own: a million empty ones, in 4 MB,
cost it 130 MB. So notes never reach it. The one that matters, how the camera was held, is
read here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from struct import error as unreadable
from struct import pack, unpack_from
from tempfile import TemporaryFile
from typing import IO, Any

MAX_PARTS = 20_000
MAX_NOTE_BYTES = 1_000_000
MAX_SCANS = 64
ORIENTATION = 0x0112
BYTES_AT_A_TIME = 1 << 20

SOI, EOI, SOS = b"\xff\xd8", b"\xff\xd9", 0xDA
# Frames, of which progressive ones come in several scans, and tables.
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
TABLES = {0xC4, 0xCC, 0xDB, 0xDD}
JFIF, EXIF, ICC, ADOBE = 0xE0, 0xE1, 0xE2, 0xEE

PNG = b"\x89PNG\r\n\x1a\n"
PNG_PARTS = {b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"IDAT", b"IEND"}
WEBP_PARTS = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"ANIM", b"ANMF"}
WEBP_HAS_NOTES = 0x0C


class UnknownContainer(Exception):
    """The first bytes are of no kind that is taken."""


class BrokenContainer(Exception):
    """The parts do not fit together, or are more than any camera makes."""


@dataclass
class StrippedImage:
    """What a decoder needs of a picture.

    `file` ends with its block; `orientation` is 1 to 8 as in Exif. `samples` is how many
    numbers a pixel has which a JPEG decoder keeps until the end: none, if it can go row by row.
    """

    file: IO[bytes]
    size: int = 0
    orientation: int = 1
    samples: float = 0


def strip(file: IO[bytes] | Any) -> StrippedImage:
    """Copy a picture without its notes to a file without a name, and close that afterwards.

    Raises UnknownContainer or BrokenContainer.
    """
    file.seek(0)
    head = file.read(12)
    copy: Callable[[Any, StrippedImage], None]
    if head.startswith(b"\xff\xd8\xff"):
        copy = copy_jpeg
    elif head.startswith(PNG):
        copy = copy_png
    elif head[:4] == b"RIFF" and head[8:] == b"WEBP":
        copy = copy_webp
    else:
        raise UnknownContainer
    kept = StrippedImage(TemporaryFile())  # noqa: SIM115
    try:
        copy(file, kept)
    except (unreadable, ZeroDivisionError, IndexError, ValueError) as problem:
        raise BrokenContainer(str(problem)) from problem
    kept.size = kept.file.tell()
    kept.file.seek(0)
    return kept


def exactly(file: IO[bytes], length: int) -> bytes:
    found = file.read(length)
    if len(found) < length:
        raise BrokenContainer("The file ends too early.")
    return found


# --- JPEG ---------------------------------------------------------------------


def copy_jpeg(file: IO[bytes], kept: StrippedImage) -> None:
    file.seek(2)
    kept.file.write(SOI)
    notes = b""
    components: list[float] = []
    progressive = False
    for marker, content in segments(file):
        if marker in FRAMES:
            components, progressive = components_of(content), marker in PROGRESSIVE
        if marker == EXIF and content.startswith(b"Exif\0\0") and not notes:
            notes = content[6:]
        if marker == SOS and (progressive or content[0] < len(components)):
            kept.samples = sum(components)
        if wanted(marker, content):
            kept.file.write(pack(">BBH", 0xFF, marker, len(content) + 2) + content)
    kept.orientation = orientation_in(notes)
    kept.file.write(scans(file))


def segments(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Marker and content of each segment, up to and with the start of the first scan."""
    room = MAX_NOTE_BYTES
    for _ in range(MAX_PARTS):
        [marker] = exactly(file, 1)
        while marker == 0xFF or marker in {0x00, 0x01} or 0xD0 <= marker <= 0xD8:
            [marker] = exactly(file, 1)
        length = int.from_bytes(exactly(file, 2)) - 2
        content = exactly(file, max(0, length))
        if wanted(marker, content):
            room -= len(content)
            if room < 0:
                raise BrokenContainer("There are too many tables.")
        yield marker, content
        if marker == SOS:
            return
    raise BrokenContainer("There are too many segments.")


def wanted(marker: int, content: bytes) -> bool:
    if marker == ICC:
        return content.startswith(b"ICC_PROFILE\0")
    return marker in FRAMES or marker in TABLES or marker in {SOS, JFIF, ADOBE}


def components_of(frame: bytes) -> list[float]:
    """How many samples each component of a frame has for a pixel of the picture."""
    factors = [(part >> 4, part & 15) for part in frame[7::3]]
    most = max(wide for wide, _ in factors) * max(high for _, high in factors)
    return [wide * high / most for wide, high in factors]


def scans(file: IO[bytes]) -> bytes:
    """The compressed pixels, without what phones put behind them: films, maps of distances."""
    data = file.read()
    end = data.find(EOI)
    data = data[: end + 2] if end >= 0 else data
    # Each makes the decoder go over the whole picture once more.
    if data.count(b"\xff\xda") > MAX_SCANS:
        raise BrokenContainer("There are too many scans.")
    return data


# --- PNG and WebP -------------------------------------------------------------


def copy_png(file: IO[bytes], kept: StrippedImage) -> None:
    file.seek(len(PNG))
    kept.file.write(PNG)
    for kind, length in png_chunks(file):
        rest = length + 4
        if kind == b"eXIf":
            kept.orientation = orientation_in(exactly(file, min(length, MAX_NOTE_BYTES)))
            rest -= min(length, MAX_NOTE_BYTES)
        elif kind in PNG_PARTS and (kind == b"IDAT" or length <= MAX_NOTE_BYTES):
            kept.file.write(pack(">I4s", length, kind))
            copy_bytes(file, kept.file, rest)
            rest = 0
        file.seek(rest, 1)


def copy_webp(file: IO[bytes], kept: StrippedImage) -> None:
    kept.file.write(b"RIFF\0\0\0\0WEBP")
    frames = 0
    for kind, length in webp_chunks(file):
        rest = length + length % 2
        frames += kind == b"ANMF"
        if kind == b"EXIF":
            kept.orientation = orientation_in(exactly(file, min(length, MAX_NOTE_BYTES)))
            rest -= min(length, MAX_NOTE_BYTES)
        elif kind == b"VP8X":
            flags, *others = exactly(file, rest)
            kept.file.write(pack("<4sI", kind, length) + bytes([flags & ~WEBP_HAS_NOTES, *others]))
            rest = 0
        elif kind in WEBP_PARTS and not (kind == b"ANMF" and frames > 1):
            kept.file.write(pack("<4sI", kind, length))
            copy_bytes(file, kept.file, rest)
            rest = 0
        file.seek(rest, 1)
    size = kept.file.tell()
    kept.file.seek(4)
    kept.file.write(pack("<I", size - 8))
    kept.file.seek(size)


def png_chunks(file: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Kind and length of each chunk; the caller reads or skips what belongs to it."""
    for _ in range(MAX_PARTS):
        length, kind = unpack_from(">I4s", exactly(file, 8))
        yield kind, length
        if kind == b"IEND":
            return
    raise BrokenContainer("There are too many chunks.")


def webp_chunks(file: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """The same; what is appended to a WebP file is not part of it."""
    file.seek(4)
    end = int.from_bytes(exactly(file, 4), "little")
    file.seek(12)
    for _ in range(MAX_PARTS):
        if file.tell() + 8 > end + 8:
            return
        kind, length = unpack_from("<4sI", exactly(file, 8))
        yield kind, length
    raise BrokenContainer("There are too many chunks.")


def copy_bytes(source: IO[bytes], target: IO[bytes], length: int) -> None:
    while length:
        part = exactly(source, min(length, BYTES_AT_A_TIME))
        target.write(part)
        length -= len(part)


# --- Exif ---------------------------------------------------------------------


def orientation_in(exif: bytes) -> int:
    """How the camera was held, 1 to 8; 1 where that cannot be read."""
    exif = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(exif[:2], "")
    try:
        [start] = unpack_from(f"{order}I", exif, 4)
        [count] = unpack_from(f"{order}H", exif, start)
        for number in range(count if order else 0):
            tag, kind, _, value = unpack_from(f"{order}HHIH", exif, start + 2 + 12 * number)
            if tag == ORIENTATION:
                return value if kind == 3 and 1 <= value <= 8 else 1
    except unreadable:
        return 1
    return 1
