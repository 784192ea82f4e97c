"""The folder of a backup, and the list of all that is in it, which is written last."""

import hashlib
import json
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
            message = f"{folder / MANIFEST} is damaged."
            raise NoBackup(message) from None
        if values.get("format") != FORMAT:
            message = f"{folder} was made by a later version of this program."
            raise NoBackup(message)
        files = {name: (size, digest) for name, (size, digest) in values.pop("files").items()}
        return cls(**values, files=files)

    def write(self, folder: Path) -> None:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            name = path.relative_to(folder).as_posix()
            self.files[name] = (path.stat().st_size, digest_of(path))
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (folder / MANIFEST).write_text(text, encoding="utf-8")

    def damaged(self, folder: Path) -> Iterator[str]:
        """Files that are not what they were."""
        for name, (size, digest) in self.files.items():
            path = folder / name
            if not path.is_file() or path.stat().st_size != size or digest_of(path) != digest:
                yield name


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def new_folder(path: Path) -> Path:
    """Make it for its owner alone: it holds personal data. Raise NoBackup where something is."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        message = f"{path} is not empty: name a folder that is new."
        raise NoBackup(message)
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path
