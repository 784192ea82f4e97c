from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler

# Of all forms, the one for CSV files takes the largest ones.
MOST_OF_A_FILE = 21_000_000
# Eight of the largest photos, and some more.
MOST_IN_ALL = 125_000_000


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Reads a form to its end, but puts no more on the disk than its limits.

    Whoever sends too much gets an answer that way: `size` of a file says how much was sent,
    which is more than there is of it; whoever reads the file compares the two.
    """

    # Django reads 64 kB at a time if any handler asks for so little.
    chunk_size = 1 << 19

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.left = MOST_IN_ALL

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.room = min(MOST_OF_A_FILE, self.left)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        kept = raw_data[: self.room]
        self.file.write(kept)
        self.room -= len(kept)
        self.left -= len(kept)
