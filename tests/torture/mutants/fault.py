from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Edit:
    """A text that stands exactly once in a file, and what takes its place."""

    file: str
    old: str
    new: str

    def fits(self, folder: Path) -> bool:
        return (folder / self.file).read_text().count(self.old) == 1

    def make(self, folder: Path) -> None:
        path = folder / self.file
        path.write_text(path.read_text().replace(self.old, self.new))


class Fault:
    """What breaks which promise, and the tests that most likely notice, as pytest is given them."""

    def __init__(self, name: str, promise: str, tests: str, *edits: Edit) -> None:
        self.name = name
        self.promise = promise
        self.tests = tuple(tests.split())
        self.edits = edits
