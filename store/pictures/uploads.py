from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler

# Of all forms, the one for CSV files takes the largest ones.
MAX_FILE_BYTES = 21_000_000
# Eight of the largest photos, and some more.
MAX_FORM_BYTES = 125_000_000


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Reads a form to its end, but puts no more on the disk than its limits.

    Whoever sends too much gets an answer that way: `size` of a file says how much was sent,
    which is more than there is of it; whoever reads the file compares the two.
    """

    # Django reads 64 kB at a time if any handler asks for so little.
    chunk_size = 1 << 19

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.left = MAX_FORM_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.room = min(MAX_FILE_BYTES, self.left)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        kept = raw_data[: self.room]
        self.file.write(kept)
        self.room -= len(kept)
        self.left -= len(kept)
