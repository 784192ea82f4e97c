"""In which sizes a picture is kept, and under which names; knows nothing of Django."""

# Pixels by name, the largest first: each picture of an item is so many WebP files in one folder.
IMAGE_WIDTHS = {"full": 2400, "large": 1600, "medium": 960, "card": 640, "thumb": 320}
# The sizes that every picture has, also one of an earlier release.
FIRST_SIZES = ("large", "card", "thumb")
# What browsers that know AVIF are given instead; whoever looks at every detail has `full`.
AVIF_SIZES = ("large", "medium", "card", "thumb")


def fitting(width_now: int, height_now: int, *, width: int, tallest: float = 2) -> tuple[int, int]:
    """The size at which a picture fits a width and so many times that in height, never enlarged."""
    scale = min(1.0, width / width_now, tallest * width / height_now)
    return max(1, round(width_now * scale)), max(1, round(height_now * scale))


def kept_sizes(width: int, height: int, *, only_first: bool = False) -> dict[str, tuple[int, int]]:
    """Which sizes there are of a picture whose largest is this one, the smallest first.

    A size that is no larger than the one below it is left out, unless it is one of the first.
    """
    kept: dict[str, tuple[int, int]] = {}
    below = (0, 0)
    for name, wanted in reversed(IMAGE_WIDTHS.items()):
        size = fitting(width, height, width=wanted)
        if name in FIRST_SIZES or (size != below and not only_first):
            kept[name] = size
        below = size
    return kept


def sibling(name: str, size: str, suffix: str = "") -> str:
    """The stored name of the same picture in another size, or in another format."""
    return f"{name.rpartition('/')[0]}/{size}.{suffix or name.rpartition('.')[2]}"


def all_siblings(name: str) -> list[str]:
    """Every file that there may be of a picture of an item."""
    webp = [sibling(name, size) for size in IMAGE_WIDTHS]
    return webp + [sibling(name, size, "avif") for size in AVIF_SIZES]
