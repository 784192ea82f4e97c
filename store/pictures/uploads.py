import logging
from contextlib import suppress
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

logger = logging.getLogger(__name__)
# Of all forms, the one for CSV files takes the largest ones.
MAX_FILE_BYTES = 21_000_000
# Eight of the largest photos, and some more.
MAX_FORM_BYTES = 125_000_000


class UploadWithoutRoom(InMemoryUploadedFile):
    """A file that was sent and of which nothing is kept: the disk is full or refuses."""


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Reads a form to its end, but puts no more on the disk than its limits.

    Whoever sends too much gets an answer that way: `size` of a file says how much was sent,
    which is more than there is of it; whoever reads the file compares the two.
    """

    # Django reads 64 kB at a time if any handler asks for so little.
    chunk_size = 1 << 19
    file: UploadedFile  # type: ignore[assignment]

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.left = MAX_FORM_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.room = min(MAX_FILE_BYTES, self.left)
        try:
            super().new_file(*args, **kwargs)
        except OSError:
            self.give_up()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        kept = raw_data[: self.room]
        self.room -= len(kept)
        self.left -= len(kept)
        try:
            self.file.write(kept)
        except OSError:
            self.give_up()

    def file_complete(self, file_size: int) -> UploadedFile:
        try:
            # What was left in a buffer is written now.
            self.file.seek(0)
        except OSError:
            self.give_up()
        self.file.size = file_size
        return self.file

    def give_up(self) -> None:
        logger.exception("An upload could not be stored")
        self.room = 0
        # Closing it would write its buffer, in vain once more.
        with suppress(OSError, AttributeError):
            self.file.close()
        self.file = UploadWithoutRoom(
            BytesIO(), self.field_name, self.file_name, self.content_type, 0, self.charset
        )

    def upload_interrupted(self) -> None:
        if not isinstance(getattr(self, "file", None), UploadWithoutRoom):
            super().upload_interrupted()
