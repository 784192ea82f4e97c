"""Files that people with bad intent, or phones with bad luck, might send as photos.

`hostile(dice, number)` makes so many of all families in turns, `honest(dice)` what phones and
their owners make. The same dice make the same files.
"""

import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from itertools import islice
from typing import Any, NamedTuple

from PIL import Image, PngImagePlugin

# In every file that carries something: it must not be found in any that is stored.
MARK = b"<script>alert('PAYLOAD')</script><?php system('PAYLOAD'); ?>"
Dice = random.Random


class Sample(NamedTuple):
    """A file as it is sent; `taken` says what must become of it, None where either will do."""

    family: str
    name: str
    content: bytes
    taken: bool | None = None


def drawn(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    """Red and green above, blue below, so that it shows which way it lies."""
    width, height = size
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, width // 2, height // 2))
    picture.paste((0, 200, 0), (width // 2, 0, width, height // 2))
    return picture if mode == "RGB" else picture.convert(mode)


def saved(picture: Image.Image, image_format: str = "JPEG", **options: Any) -> bytes:
    file = BytesIO()
    picture.save(file, format=image_format, **options)
    return file.getvalue()


@cache
def small(image_format: str = "JPEG", mode: str = "RGB") -> bytes:
    noise = Image.effect_noise((320, 240), 90).convert(mode)
    return saved(noise, image_format)


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def with_segments(*parts: bytes) -> bytes:
    sent = small()
    return sent[:2] + b"".join(parts) + sent[2:]


def chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def with_chunks(*parts: bytes) -> bytes:
    sent = small("PNG")
    return sent[:33] + b"".join(parts) + sent[33:]


def png(width: int, height: int, data: bytes, *, depth: int = 8, colour: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", data), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@cache
def zeros(length: int) -> bytes:
    return zlib.compress(b"\0" * length, 9)


# --- Families, each without an end ------------------------------------------------


def png_bombs(dice: Dice) -> Iterator[Sample]:
    """A hundred kilobytes that become gigabytes."""
    while True:
        yield bomb(png(30_000, 30_000, zeros(3_751 * 30_000), depth=1, colour=0))
        yield bomb(png(5_000, 5_000, zeros(15_001 * 5_000)))
        yield bomb(png(50_000_000, 1, zeros(50_000_001), colour=0))
        yield bomb(png(4_000, 4_000, zeros(32_001 * 4_000), depth=16, colour=6))
        yield bomb(png(7_900, 4_000, zeros(31_601 * 4_000), colour=6))
        text = chunk(b"zTXt", b"a\0\0" + zeros(1_000_000))
        yield Sample("png bombs", "text.png", with_chunks(*[text] * dice.randint(50, 100)))
        profile = chunk(b"iCCP", b"a\0\0" + zeros(90_000_000))
        yield Sample("png bombs", "profile.png", with_chunks(profile))


def bomb(content: bytes) -> Sample:
    return Sample("png bombs", "bomb.png", content, taken=False)


@cache
def large_webp() -> bytes:
    return saved(Image.new("RGB", (6_000, 6_000), "red"), "WEBP", lossless=True, method=0)


def webp_bombs(dice: Dice) -> Iterator[Sample]:
    alpha = saved(Image.new("RGBA", (60, 40), (1, 2, 3, 4)), "WEBP")
    frames = [Image.new("RGB", (3_000, 1_000), (shade, 0, 0)) for shade in range(0, 250, 25)]
    moving = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], method=0)
    while True:
        width, height = dice.randint(5_000, 16_383), dice.randint(5_000, 16_383)
        claimed = bytearray(alpha)
        claimed[24:27], claimed[27:30] = width.to_bytes(3, "little"), height.to_bytes(3, "little")
        yield Sample("webp bombs", "bomb.webp", bytes(claimed), taken=False)
        yield Sample("webp bombs", "large.webp", large_webp(), taken=False)
        yield Sample("webp bombs", "moving.webp", moving)


def other_bombs(dice: Dice) -> Iterator[Sample]:
    gif = bytearray(small("GIF"))
    frame = gif.index(b",\0\0\0\0") + 5
    tiff = saved(Image.new("1", (30_000, 30_000)), "TIFF", compression="tiff_deflate")
    while True:
        claimed = struct.pack("<HH", dice.randint(20_000, 65_535), 65_535)
        gif[6:10] = gif[frame : frame + 4] = claimed
        yield Sample("other bombs", "bomb.jpg", bytes(gif), taken=False)
        yield Sample("other bombs", "bomb.jpeg", tiff, taken=False)


def polyglots(dice: Dice) -> Iterator[Sample]:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.php", MARK)
    pdf = b"%PDF-1.7\n1 0 obj << /OpenAction << /S /JavaScript >> >>" + MARK + b"\n%%EOF"
    tails = [archive.getvalue(), MARK, pdf, b"MZ" + MARK, b"#!/bin/sh\n" + MARK]
    while True:
        kind = dice.choice(["JPEG", "PNG", "WEBP"])
        yield polyglot(small(kind) + dice.choice(tails), taken=True)
        yield polyglot(with_segments(segment(0xFE, dice.choice(tails))), taken=True)
        yield polyglot(with_segments(segment(0xE1, b"Exif\0\0" + MARK)), taken=True)
        yield polyglot(with_chunks(chunk(b"tEXt", b"Comment\0" + MARK)), taken=True)
        yield polyglot(dice.choice(tails) + small(kind), taken=False)


def polyglot(content: bytes, *, taken: bool) -> Sample:
    return Sample("polyglots", "photo.jpg.php", content, taken=taken)


def truncations(dice: Dice) -> Iterator[Sample]:
    while True:
        for kind in ("JPEG", "PNG", "WEBP"):
            whole = small(kind)
            cut = int(len(whole) * dice.uniform(0.01, 0.9))
            yield Sample("truncations", f"cut.{kind.lower()}", whole[:cut], taken=False)


WRONG = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + MARK + b"</svg>",
    "html": b"<!doctype html>" + MARK,
    "xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "pdf": b"%PDF-1.7\n" + MARK,
    "mp4": b"\0\0\0\x18ftypmp42" + MARK,
    "mov": b"\0\0\0\x14ftypqt  " + MARK,
    "heic": b"\0\0\0\x18ftypheic" + b"\0" * 500,
    "avif": b"\0\0\0\x1cftypavif" + b"\0" * 500,
    "exe": b"MZ" + b"\0" * 200,
    "zip": b"PK\3\4" + MARK,
    "mvg": b"push graphic-context\nfill 'url(https://127.0.0.1/\"|ls\")'\npop graphic-context",
    "ps": b"%!PS\n(%pipe%id) (w) file",
    "psd": b"8BPS\0\1" + b"\0" * 60,
}


def wrong_types(dice: Dice) -> Iterator[Sample]:
    while True:
        for kind in ("EPS", "TIFF", "ICO", "BMP", "PPM", "TGA", "PCX", "JPEG2000"):
            yield Sample("wrong types", f"{kind}.jpg", small(kind), taken=False)
        for name, content in WRONG.items():
            filled = content + bytes(dice.randrange(256) for _ in range(50))
            yield Sample("wrong types", f"{name}.jpg", filled, taken=False)


def declared_sizes(dice: Dice) -> Iterator[Sample]:
    start = small().index(b"\xff\xc0")
    while True:
        claimed = bytearray(small())
        size = struct.pack(">HH", dice.randint(15_000, 65_500), dice.randint(15_000, 65_500))
        claimed[start + 5 : start + 9] = size
        yield Sample("declared sizes", "huge.jpg", bytes(claimed), taken=False)
        width, height = (dice.randint(20_000, 2**31 - 1) for _ in range(2))
        yield Sample("declared sizes", "huge.png", png(width, height, zeros(9)), taken=False)
        flat = png(dice.choice([0, 1]), 0, zeros(9))
        yield Sample("declared sizes", "flat.png", flat, taken=False)


def broken_parts(dice: Dice) -> Iterator[Sample]:
    while True:
        for kind in ("JPEG", "PNG", "WEBP"):
            content = bytearray(small(kind))
            for _ in range(dice.randint(1, 12)):
                content[dice.randrange(8, min(len(content), 700))] = dice.randrange(256)
            yield Sample("broken parts", f"broken.{kind.lower()}", bytes(content))
        content = bytearray(small("PNG"))
        content[29:33] = b"\0\0\0\0"
        yield Sample("broken parts", "crc.png", bytes(content))
        yield Sample(
            "broken parts", "length.png", with_chunks(b"\xff\xff\xff\xfftEXt"), taken=False
        )


def odd_pixels(dice: Dice) -> Iterator[Sample]:
    grey = Image.linear_gradient("L")
    moving = [Image.new("RGB", (50, 50), colour) for colour in ("red", "blue", "green")]
    while True:
        shade = dice.randrange(256)
        made = [
            saved(grey.convert("CMYK")),
            saved(grey.convert("I;16"), "PNG"),
            saved(grey.convert("P"), "PNG", transparency=shade),
            saved(grey.convert("1"), "PNG"),
            saved(grey.convert("LA"), "PNG"),
            saved(grey.convert("RGBA"), "WEBP", lossless=True),
            saved(moving[0], "WEBP", save_all=True, append_images=moving[1:]),
            saved(moving[0], "PNG", save_all=True, append_images=moving[1:]),
            saved(Image.new("L", (1, dice.randint(1, 60_000)), shade)),
            saved(Image.new("RGB", (dice.randint(1, 7_000), 1), "red"), "PNG"),
        ]
        for content in made:
            yield Sample("odd pixels", "odd.jpg", content, taken=True)


def bad_exif(dice: Dice) -> Iterator[Sample]:
    while True:
        count, size = dice.randint(3_000, 5_000), dice.randint(40_000, 60_000)
        entries = b"".join(struct.pack("<HHII", 1_000 + tag, 7, size, 8) for tag in range(count))
        same = b"II*\0\x08\0\0\0" + struct.pack("<H", count) + entries
        loop = b"II*\0\x08\0\0\0\1\0" + struct.pack("<HHII", 0x8769, 4, 1, 8) + b"\x08\0\0\0"
        noise = dice.randbytes(2_000)
        for tiff in (same, loop, b"II*\0\xff\xff\xff\xff", noise, b"MM\0*" + noise, MARK):
            yield exif(with_segments(segment(0xE1, b"Exif\0\0" + tiff)))
            yield exif(with_chunks(chunk(b"eXIf", tiff)))
        much = [segment(0xE1, b"Exif\0\0" + same)] * 200
        yield exif(with_segments(*much))
        yield exif(with_segments(segment(0xE2, b"MPF\0" + same)))


def exif(content: bytes) -> Sample:
    return Sample("bad exif", "exif.jpg", content, taken=True)


def bad_profiles(dice: Dice) -> Iterator[Sample]:
    while True:
        for profile in (b"", dice.randbytes(3_000), b"\0" * 900_000, MARK * 100, b"acsp" * 500):
            yield Sample(
                "bad profiles", "icc.png", saved(drawn((60, 40)), "PNG", icc_profile=profile)
            )
            yield Sample("bad profiles", "icc.jpg", saved(drawn((60, 40)), icc_profile=profile))
            yield Sample(
                "bad profiles", "icc.webp", saved(drawn((60, 40)), "WEBP", icc_profile=profile)
            )


def places(dice: Dice) -> Iterator[Sample]:
    """Where somebody lives, in every way to write it into a picture."""
    while True:
        notes = Image.Exif()
        notes[0x010F] = "PAYLOAD camera"
        notes.get_ifd(0x8825)[29] = f"PAYLOAD {dice.random()}"
        xmp = b'<x:xmpmeta exif:GPSLatitude="' + MARK + b'"/>'
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", "PAYLOAD")
        made = [
            saved(drawn((300, 200)), exif=notes, xmp=xmp, comment=MARK),
            saved(drawn((300, 200)), "PNG", exif=notes, pnginfo=text),
            saved(drawn((300, 200)), "WEBP", exif=notes, xmp=xmp),
            saved(drawn((300, 200)), "MPO", exif=notes),
        ]
        for content in made:
            yield Sample("places", "home.jpg", content, taken=True)


NAMES = [
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "photo.php\0.jpg",
    "x" * 250 + ".jpg",
    "<img src=x onerror=alert(1)>.jpg",
    "';DROP TABLE store_item;--.jpg",
    "gpj.\u202eexe.jpg",
    "\u2028\u2029\x07\x1b[2J.jpg",
    "%00%2e%2e%2f.jpg",
    "CON.jpg",
    "{{ settings.SECRET_KEY }}%s%n.jpg",
    ".htaccess",
    "\U0001f4a9" * 120,
]


def names(dice: Dice) -> Iterator[Sample]:
    while True:
        for name in NAMES:
            yield Sample("names", name, small(), taken=True)
            yield Sample("names", name, b"no picture " + dice.randbytes(9), taken=False)
        # Django takes no part whose head has more than a kilobyte.
        yield Sample("names", "x" * 1_000 + ".jpg", small())


def lengths(dice: Dice) -> Iterator[Sample]:
    while True:
        over = 15_000_001 - len(small())
        yield Sample("lengths", "empty.jpg", b"", taken=False)
        yield Sample("lengths", "one.jpg", dice.randbytes(1), taken=False)
        yield Sample("lengths", "magic.jpg", b"\xff\xd8\xff" + dice.randbytes(3), taken=False)
        yield Sample("lengths", "limit.jpg", small() + b"\0" * (over - 1), taken=True)
        yield Sample("lengths", "over.jpg", small() + b"\0" * over, taken=False)


def noise(dice: Dice) -> Iterator[Sample]:
    heads = [b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\0\1\0\0WEBPVP8 ", b"GIF89a"]
    while True:
        for head in heads:
            content = head + dice.randbytes(dice.randint(10, 20_000))
            yield Sample("noise", "noise.jpg", content, taken=False)


def floods(dice: Dice) -> Iterator[Sample]:
    """So many parts that keeping count of them takes memory, or going through them time."""
    scan = segment(0xDA, b"\1\1\0\0\0\0")
    while True:
        number = dice.randint(100_000, 1_000_000)
        head = small("PNG")[:33]
        made = [
            with_segments(segment(0xE5, b"") * number),
            with_segments(segment(0xFE, b"x" * 65_000) * 200),
            with_segments(segment(0xDB, b"\0" * 60_000) * 100),
            small()[:-2] + scan * number + b"\xff\xd9",
            head + chunk(b"prVt", b"") * number + small("PNG")[33:],
            head + chunk(b"IDAT", b"") * number + small("PNG")[33:],
            small("PNG")[:-12] + chunk(b"tEXt", b"a\0" + b"x" * 14_000_000) + chunk(b"IEND", b""),
        ]
        for content in made:
            yield Sample("floods", "flood.jpg", content)


FAMILIES: list[Callable[[Dice], Iterator[Sample]]] = [
    png_bombs,
    webp_bombs,
    other_bombs,
    polyglots,
    truncations,
    wrong_types,
    declared_sizes,
    broken_parts,
    odd_pixels,
    bad_exif,
    bad_profiles,
    places,
    names,
    lengths,
    noise,
    floods,
]


def hostile(dice: Dice, number: int) -> Iterator[Sample]:
    """So many files, or a few more: as many of each family."""
    each = -(-number // len(FAMILIES))
    for family in FAMILIES:
        yield from islice(family(dice), each)


# --- What phones make ----------------------------------------------------------


TO_LIE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def photo(size: tuple[int, int], orientation: int, image_format: str, **options: Any) -> bytes:
    """A picture of this size when it is upright, stored as a camera held that way does."""
    picture = drawn(size, options.pop("mode", "RGB"))
    if orientation in TO_LIE:
        picture = picture.transpose(TO_LIE[orientation])
    notes = Image.Exif()
    notes[0x0112] = orientation
    notes[0x010F] = "PAYLOAD camera"
    notes.get_ifd(0x8825)[29] = "PAYLOAD place"
    return saved(picture, image_format, exif=notes, **options)


def honest(*, large: bool = True) -> Iterator[Sample]:
    for orientation in range(1, 9):
        for kind in ("JPEG", "PNG", "WEBP"):
            yield taken(f"{orientation}.{kind}", photo((640, 480), orientation, kind))
        if large:
            sent = photo((3_024, 4_032), orientation, "JPEG", quality=90)
            yield taken(f"12 million pixels, {orientation}.jpg", sent)
    film = b"\0\0\0\x18ftypmp42" + MARK * 500
    yield taken("with a film.jpg", photo((900, 1_600), 6, "JPEG") + film)
    yield taken("progressive.jpg", photo((1_200, 1_600), 3, "JPEG", progressive=True))
    if large:
        yield from large_ones()


def large_ones() -> Iterator[Sample]:
    twelve = (4_032, 3_024)
    yield taken("50 million pixels.jpg", photo((8_160, 6_120), 6, "JPEG", quality=80))
    yield taken("48 million pixels.jpg", photo((6_000, 8_000), 1, "JPEG", quality=80))
    yield taken(
        "apple.jpg", photo(twelve, 6, "MPO", save_all=True, append_images=[drawn((900, 600))])
    )
    yield taken("samsung.jpg", photo(twelve, 1, "MPO"))
    yield taken("screenshot.png", photo((1_440, 3_120), 1, "PNG"))
    yield taken("12 million pixels.png", photo(twelve, 1, "PNG"))
    yield taken("see-through.png", photo(twelve, 1, "PNG", mode="RGBA"))
    yield taken("12 million pixels.webp", photo(twelve, 6, "WEBP", method=0))
    yield taken("progressive 12.jpg", photo((3_000, 4_000), 8, "JPEG", progressive=True))
    yield taken("panorama.jpg", photo((12_000, 3_000), 1, "JPEG"))
    yield taken("tall.png", photo((1_080, 9_000), 1, "PNG"))
    yield taken("wide.jpg", photo((4_608, 2_592), 1, "JPEG"))
    yield taken("square.jpg", photo((3_000, 3_000), 5, "JPEG"))


def taken(name: str, content: bytes) -> Sample:
    return Sample("honest", name, content, taken=True)
