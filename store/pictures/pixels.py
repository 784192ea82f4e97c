"""Scale and turn pictures without a second one of their size; knows nothing of Django."""

import sys
from collections.abc import Iterator
from math import ceil, floor

from PIL import Image

# Pixels that are flattened at a time: few of a large picture, which takes the memory itself,
# more of a small one, since where strips meet some rows are looked at twice.
STRIP = 60_000
SMALL = 8_000_000
# Beyond this, a strip of the least height is itself too much.
WIDEST = 8_000
# How far a pixel of the small picture looks in the large one, in its own size.
REACH = 3
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = {5, 6, 7, 8}


def shrunk(source: Image.Image, size: tuple[int, int]) -> Image.Image:
    """A flat picture in this size, made a strip at a time: L, RGB or CMYK."""
    small = Image.new(flattened(source.crop((0, 0, 1, 1))).mode, size)
    for top, bottom, first, last, box in strips(source.size, size):
        strip = flattened(source.crop((0, first, source.width, last)))
        part = strip.resize((size[0], bottom - top), Image.Resampling.LANCZOS, box=box)
        small.paste(part, (0, top))
    return small


Strip = tuple[int, int, int, int, tuple[float, float, float, float]]


def strips(now: tuple[int, int], size: tuple[int, int]) -> Iterator[Strip]:
    """Rows of the small picture, the rows of the large one that they see, and which of these
    they stand for."""
    scale = now[1] / size[1]
    strip = max(STRIP, (SMALL - now[0] * now[1]) // 4)
    step = max(1, int(strip / (now[0] * scale)))
    margin = ceil(REACH * max(1.0, scale)) + 1
    for top in range(0, size[1], step):
        bottom = min(top + step, size[1])
        first = max(0, floor(top * scale) - margin)
        last = min(now[1], ceil(bottom * scale) + margin)
        end = min(bottom * scale - first, last - first)
        yield top, bottom, first, last, (0, top * scale - first, now[0], end)


def flattened(source: Image.Image) -> Image.Image:
    """Without transparency, in a mode that can be scaled: L, RGB or CMYK."""
    if source.mode in {"I;16", "I;16B", "I"}:
        return source.point(lambda value: value / 256 + 0).convert("L")
    if source.has_transparency_data:
        seen = source if source.mode == "RGBA" else source.convert("RGBA")
        paper = Image.new("RGB", source.size, "white")
        paper.paste(seen.convert("RGB"), mask=seen)
        return paper
    if source.mode in {"L", "RGB", "CMYK"}:
        return source
    return source.convert("L" if source.mode == "1" else "RGB")


def main() -> None:
    """Shrink the WebP file on stdin and write its bare RGB pixels; the size is given.

    WebP decoders take 16 bytes for each pixel. In a process of its own that is given back
    at once, and a decoder that is led astray takes nothing else with it.
    """
    import resource

    most = int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    source = Image.open(sys.stdin.buffer, formats=["WEBP"])
    source.load()
    small = shrunk(source, (int(sys.argv[1]), int(sys.argv[2])))
    sys.stdout.buffer.write(small.convert("RGB").tobytes())


if __name__ == "__main__":
    main()
