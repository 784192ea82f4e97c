"""The drawings of the demo shop, which were made for it, as pictures that the shop can take in."""

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import typst

DRAWINGS = Path(__file__).parent / "drawings"
VIEW_BOX = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
# A unit of a drawing becomes a pixel: sharp enough, and twice as quick as the largest size.
PIXELS_PER_INCH = 72


@cache
def compiler() -> typst.Compiler:
    # No drawing has text, and looking for the system's fonts takes seconds.
    return typst.Compiler(root=str(DRAWINGS), ignore_system_fonts=True)


def render(drawing: str) -> BytesIO:
    """A drawing, named without `.svg`, as a PNG file."""
    width, height = size_of(drawing)
    page = f"#set page(width: {width}pt, height: {height}pt, margin: 0pt)"
    source = f'{page}\n#image("{drawing}.svg", width: 100%)'
    png: Any = compiler().compile(source.encode(), format="png", ppi=PIXELS_PER_INCH)
    return BytesIO(png)


def size_of(drawing: str) -> tuple[str, ...]:
    """Width and height in units of the drawing."""
    [size] = VIEW_BOX.findall((DRAWINGS / f"{drawing}.svg").read_text("utf-8"))
    return tuple(size)
