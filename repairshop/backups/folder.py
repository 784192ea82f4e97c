"""The folder of a backup, and the list of all that is in it, which is written last."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1 << 20


class NoBackup(Exception):
    """Nothing that can be restored; says why, in words for the shop's owner."""


@dataclass
class Manifest:
    """What a backup holds: sizes in bytes and SHA-256 digests by file, numbers of rows by table."""

    engine: str
    version: str
    made_at: str
    rows: dict[str, int]
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Raise NoBackup when the folder is none, or none that came to its end."""
        try:
            values: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError:
            message = f"{folder} is no backup, or one that was interrupted: it has no {MANIFEST}."
            raise NoBackup(message) from None
        except ValueError:
            raise NoBackup(is_damaged(folder)) from None
        if isinstance(values, dict) and values.get("format") != FORMAT:
            message = f"{folder} was made by a later version of this program."
            raise NoBackup(message)
        try:
            files = {name: (size, digest) for name, (size, digest) in values.pop("files").items()}
            found = cls(**values, files=files)
        except (AttributeError, LookupError, TypeError, ValueError):
            raise NoBackup(is_damaged(folder)) from None
        # They become parts of statements.
        if not all(table.isidentifier() for table in found.rows):
            raise NoBackup(is_damaged(folder))
        return found

    def write(self, folder: Path) -> None:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            name = path.relative_to(folder).as_posix()
            self.files[name] = (path.stat().st_size, digest_of(path))
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (folder / MANIFEST).write_text(text, encoding="utf-8")

    def damaged(self, folder: Path) -> Iterator[str]:
        """Files that are not what they were, or lie elsewhere: links lead out of the folder."""
        for name, (size, digest) in self.files.items():
            path = folder.resolve() / name
            is_there = path.is_file() and path.resolve() == path
            if not is_there or path.stat().st_size != size or digest_of(path) != digest:
                yield name


def is_damaged(folder: Path) -> str:
    return f"{folder / MANIFEST} is damaged."


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def new_folder(path: Path) -> Path:
    """Make it for its owner alone: it holds personal data. Raise NoBackup where something is."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        message = f"{path} is not empty: name a folder that is new."
        raise NoBackup(message)
    if not path.is_symlink():
        path.mkdir(parents=True, exist_ok=True)
    # Whoever made it could give its rights back, or lead the link elsewhere.
    if path.is_symlink() or path.stat().st_uid != os.geteuid():
        message = f"{path} is a link, or somebody else's: name a folder that is new."
        raise NoBackup(message)
    path.chmod(0o700)
    return path
