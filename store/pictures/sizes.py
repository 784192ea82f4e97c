"""In which sizes a picture is kept, and under which names; knows nothing of Django."""

# Pixels by name, the largest first: each picture of an item is three WebP files in one folder.
IMAGE_WIDTHS = {"large": 1600, "card": 640, "thumb": 320}


def fitting(width_now: int, height_now: int, *, width: int, tallest: float = 2) -> tuple[int, int]:
    """The size at which a picture fits a width and so many times that in height, never enlarged."""
    scale = min(1.0, width / width_now, tallest * width / height_now)
    return max(1, round(width_now * scale)), max(1, round(height_now * scale))


def sibling(name: str, size: str) -> str:
    """The stored name of the same picture in another size."""
    return f"{name.rpartition('/')[0]}/{size}.{name.rpartition('.')[2]}"
