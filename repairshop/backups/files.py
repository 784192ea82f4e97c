"""Pictures and photos, wherever they are kept: on a disk, or in a bucket."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from repairshop.backups.folder import NoBackup
from store.pictures.files import files_in

# Public pictures of things, and photos of tickets.
KINDS = ("default", "private")


def save_files(folder: Path) -> None:
    for kind in KINDS:
        storage = storages[kind]
        for name in files_in(storage):
            path = folder / kind / name
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with storage.open(name) as source, path.open("wb") as target:
                    shutil.copyfileobj(source, target)
            except FileNotFoundError:
                # Deleted meanwhile, as its row will be or was.
                path.unlink(missing_ok=True)


def check_files(folder: Path, names: Iterable[str]) -> None:
    """Raise NoBackup when there is another file already where one of the backup belongs."""
    for storage, name, path in pairs(folder, names):
        if storage.exists(name) and storage.size(name) != path.stat().st_size:
            message = f"There is another file named {name} already."
            raise NoBackup(message)


def load_files(folder: Path, names: Iterable[str]) -> int:
    """Bring back what is not there, and return how many that were."""
    brought = 0
    for storage, name, path in pairs(folder, names):
        if storage.exists(name):
            continue
        with path.open("rb") as file:
            kept_as = storage.save(name, File(file))
        if kept_as != name:
            message = f"{name} could not be kept under its name."
            raise NoBackup(message)
        brought += 1
    return brought


def pairs(folder: Path, names: Iterable[str]) -> Iterator[tuple[Storage, str, Path]]:
    """Of the files of a backup by their names, those that belong into a storage.

    What else lies in its folder, nobody knows whose it is.
    """
    for name in sorted(names):
        kind, _slash, kept_as = name.partition("/")
        if kind in KINDS:
            yield storages[kind], kept_as, folder / name
