"""Picture files for tests."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture_bytes(
    size: tuple[int, int] = (60, 40),
    *,
    color: Any = "red",
    mode: str = "RGB",
    image_format: str = "JPEG",
    **options: Any,
) -> bytes:
    """A file with one colour all over."""
    file = BytesIO()
    Image.new(mode, size, color).save(file, format=image_format, **options)
    return file.getvalue()


def upload(content: bytes | None = None, name: str = "clock.jpg") -> SimpleUploadedFile:
    """What a browser sends; by default a small red JPEG."""
    return SimpleUploadedFile(name, content or picture_bytes(), "image/jpeg")
