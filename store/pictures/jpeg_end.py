"""JPEG files that have lost their last bytes on the way; knows nothing of Django."""

import re
from typing import Any

import pyvips

JPEG_START, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
# What may be missing at the bottom: a twentieth.
MISSING_SHARE = 20
# How exactly libvips can say how many rows there are: to the second last row of large blocks.
EXACT_TO_ROWS = 32
BLOCK = 8
# A part of the file begins, such as a scan; data never holds these bytes (ITU T.81, B.1.1.2).
PART = re.compile(rb"\xff([\xc0-\xcf\xda-\xfe])")
SCAN = 0xDA
LAST_COEFFICIENT = 63


def lacks_only_its_end(content: bytes) -> bool:
    """Whether a file that cannot be decoded as a whole can be, but for its very bottom.

    Called for what has passed the limits of pixels. libjpeg would fill half a photo with grey.
    """
    ended = content + JPEG_END
    if decodes(ended, fail_on="warning"):
        return True
    head = pyvips.Image.new_from_buffer(content, "", access="sequential")
    if head.get_typeof("jpeg-multiscan") and head.get("jpeg-multiscan"):
        return has_last_scan(content, head.bands)
    missing = head.height // MISSING_SHARE
    if missing >= EXACT_TO_ROWS:
        return decodes(content, fail_on="truncated", rows=head.height - missing)
    return is_painted(ended, head.height - missing)


def is_painted(content: bytes, row: int) -> bool:
    """Whether there is more than one colour in the last block above a row: the data reach there.

    libjpeg fills what is missing with the colour that it has read last.
    """
    picture: Any = pyvips.Image.new_from_buffer(content, "", access="sequential")
    left, top = (max(0, end // BLOCK * BLOCK - BLOCK) for end in (picture.width, row))
    block = picture.crop(left, top, *(min(BLOCK, of) for of in (picture.width, picture.height)))
    return bool(block.deviate() > 0)


def decodes(content: bytes, *, fail_on: str, rows: int | None = None) -> bool:
    """Whether so many rows from the top, or all, can be decoded. Keeps none of them."""
    try:
        picture: Any = pyvips.Image.new_from_buffer(
            content, "", access="sequential", fail_on=fail_on
        )
        picture.crop(0, 0, picture.width, rows or picture.height).avg()
    except pyvips.Error:
        return False
    return True


def has_last_scan(content: bytes, components: int) -> bool:
    """Whether the last scan of a progressive file has begun: each component is there in full.

    What is missing then is part of the finest detail.
    """
    finest: set[tuple[int, int]] = set()
    for found in PART.finditer(content):
        if found[1][0] == SCAN:
            finest |= finest_bands(content[found.end() : found.end() + 12])
    return len(finest) == 2 * components


def finest_bands(head: bytes) -> set[tuple[int, int]]:
    """Which component is written to its last bit by a scan, for the mean (0) or detail (63)."""
    count = head[2] if len(head) > 2 else 0
    if len(head) < 6 + 2 * count or head[5 + 2 * count] & 0x0F:
        return set()
    last = head[4 + 2 * count]
    names = head[3 : 3 + 2 * count : 2]
    return {(name, last) for name in names if last in {0, LAST_COEFFICIENT}}
