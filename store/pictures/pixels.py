"""Decode pictures and encode them anew with libvips, in a process of its own.

Whatever a decoder is led to do stays in there: `store.pictures.decoder` starts it, waits, and
ends it. Knows nothing of Django, so that it is there at once.
"""

import json
import os
import resource
import sys
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

# Read when libvips starts: each of its threads keeps rows of its own.
os.environ["VIPS_CONCURRENCY"] = "1"

import pyvips

from store.pictures.jpeg_end import JPEG_END, JPEG_START, lacks_only_its_end
from store.pictures.sizes import fitting

LOADERS = (
    "VipsForeignLoadJpeg",
    "VipsForeignLoadPng",
    "VipsForeignLoadWebp",
    "VipsForeignLoadNsgif",
)
# Some more pixels than needed keep fine lines fine, where a decoder can leave some out.
SPARE = 1.25
# Lossless WebP takes 134 MB within its limit, and asks for more than it then touches.
MAX_MEMORY_BYTES = 400_000_000
WEBP_PIXELS = 13_000_000
SIDEWAYS = {5, 6, 7, 8}
# The empty block after a frame, and the trailer (GIF89a specification, 27).
GIF_END = b"\0;"
# How many bytes a WebP file may lack: those of its last pixels. What its decoder makes of others
# in their place may take more than were there; it stops at the last pixel anyway.
MOST_OF_WEBP = 4
SPARE_OF_WEBP = 512


class Refused(Exception):
    """A picture that is not decoded at all: of how many pixels, or of which width, it may be."""

    def __init__(self, reason: str, limit: int) -> None:
        super().__init__(reason)
        self.reason, self.limit = reason, limit


def main() -> None:
    """Answer each picture on stdin with a line of JSON. A line of wishes stands before it."""
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    pyvips.cache_set_max(0)
    pyvips.operation_block_set("VipsForeignLoad", state=True)
    for loader in LOADERS:
        pyvips.operation_block_set(loader, state=False)
    for line in sys.stdin.buffer:
        wanted = json.loads(line)
        answer = answer_to(sys.stdin.buffer.read(wanted["bytes"]), wanted)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def answer_to(content: bytes, wanted: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"made": list(made_or_ended(content, wanted))}
    except Refused as refusal:
        return {"refused": refusal.reason, "limit": refusal.limit}
    except pyvips.Error as problem:
        return {"refused": "damaged", "why": str(problem)}


def made_or_ended(content: bytes, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """The pictures, also of a file that lacks its very end and nothing that anybody would see."""
    try:
        return list(made(content, wanted))
    except pyvips.Error:
        ended = with_end(content)
        if not ended:
            raise
    return list(made(ended, wanted))


def with_end(content: bytes) -> bytes:
    """The file with the end that it lacks; empty when more is missing, or something else."""
    if content.startswith(JPEG_START):
        return content + JPEG_END if lacks_only_its_end(content) else b""
    if content.startswith(b"GIF8"):
        return content + GIF_END
    if content.startswith(b"RIFF"):
        return webp_with_end(content)
    return b""


def webp_with_end(content: bytes) -> bytes:
    """Filled with zeros; more than were there where the pixels are the only part (RFC 9649, 2)."""
    whole = length_at(content, 4) + 8
    if not 0 < whole - len(content) <= MOST_OF_WEBP:
        return b""
    filled = content + bytes(whole - len(content))
    part = length_at(content, 16)
    if 20 + part + part % 2 != whole:
        return filled
    larger, larger_part = (
        (length + SPARE_OF_WEBP).to_bytes(4, "little") for length in (whole - 8, part)
    )
    return filled[:4] + larger + filled[8:16] + larger_part + filled[20:] + bytes(SPARE_OF_WEBP)


def length_at(content: bytes, place: int) -> int:
    return int.from_bytes(content[place : place + 4], "little")


def made(content: bytes, wanted: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The picture in each width, the largest first."""
    picture = upright(content, wanted)
    now = picture.width, picture.height
    suffix = wanted["format"].lower()
    for name, width in wanted["widths"].items():
        size = fitting(*now, width=width, tallest=wanted["tallest"])
        sized = picture if size == now else resized(picture, size)
        encoded = sized.write_to_buffer(f".{suffix}", keep="none", **wanted["options"])
        yield {
            "name": f"{name}.{suffix}",
            "content": b64encode(encoded).decode(),
            "width": size[0],
            "height": size[1],
        }


def upright(content: bytes, wanted: dict[str, Any]) -> Any:
    """The picture in sRGB, as it was held, no larger than asked for, and on white unless
    its see-through parts are wanted.
    """
    head = opened(content)
    check(head, wanted)
    now = head.width, head.height
    if value(head, "orientation", 1) in SIDEWAYS:
        now = head.height, head.width
    widest = next(iter(wanted["widths"].values()))
    size = fitting(*now, width=widest, tallest=wanted["tallest"])
    picture = opened(content, **at_once(head, min(now[0] / size[0], now[1] / size[1])))
    # To convert what has no profile would cost as much as all the rest.
    profile = {"output_profile": "srgb"} if head.get_typeof("icc-profile-data") else {}
    if head.interpretation == "cmyk" and not profile:
        picture = without_ink(picture)
    picture = resized(picture, size, **profile).colourspace("srgb")
    on_white = picture.hasalpha() and not wanted.get("keeps_alpha")
    return (picture.flatten(background=255) if on_white else picture).copy_memory()


def without_ink(picture: Any) -> Any:
    """CMYK of no profile as browsers show it: libvips would take it for one certain press."""
    light = (255 - picture[0:3]) * (255 - picture[3]) / 255
    return light.cast("uchar").copy(interpretation="srgb")


def opened(content: bytes, **options: Any) -> Any:
    return pyvips.Image.new_from_buffer(
        content, "", access="sequential", fail_on="truncated", **options
    )


def check(head: Any, wanted: dict[str, Any]) -> None:
    """Refuse what has too many pixels for its kind, before any of them is decoded."""
    limit = min(wanted["max_pixels"], most_pixels(head, wanted["memory"]))
    if head.width * head.height > limit:
        raise Refused("pixels", limit)
    if head.width > wanted["max_width"]:
        raise Refused("width", wanted["max_width"])
    if value(head, "n-pages", 1) > 1 and head.get("vips-loader").startswith("gif"):
        raise Refused("moving", 1)


def most_pixels(head: Any, memory: int) -> int:
    loader = head.get("vips-loader")
    if loader.startswith("webp"):
        return WEBP_PIXELS
    if loader.startswith("png"):
        of_few_colours = head.bands == 1 or value(head, "palette", 0)
        return memory // ((2 if head.format == "ushort" else 1) if of_few_colours else 4)
    if loader.startswith("gif"):
        # The frame, and the picture it is painted on.
        return memory // 8
    if not value(head, "jpeg-multiscan", 0):
        # The decoder goes row by row and keeps none.
        return sys.maxsize
    halved = head.bands == 3 and head.get("jpeg-chroma-subsample") == "4:2:0"
    return int(memory / 2 / (1.5 if halved else head.bands))


def at_once(head: Any, by: float) -> dict[str, Any]:
    """What a decoder can do of the shrinking: JPEG by 2, 4 or 8, WebP by anything."""
    loader = head.get("vips-loader")
    if loader.startswith("jpeg"):
        return {"shrink": next((step for step in (8, 4, 2) if by >= SPARE * step), 1)}
    if loader.startswith("webp"):
        return {"scale": min(1, SPARE / by)}
    return {}


def resized(picture: Any, size: tuple[int, int], **options: Any) -> Any:
    """In this size exactly, and upright."""
    return picture.thumbnail_image(size[0], height=size[1], size="force", **options)


def value(picture: Any, name: str, default: Any) -> Any:
    return picture.get(name) if picture.get_typeof(name) else default


if __name__ == "__main__":
    main()
