"""Write and remove the files of pictures together with the rows that name them."""

import logging
import secrets
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.db import transaction

from outside.bulkhead import Unavailable
from store.pictures.sizes import all_siblings, kept_sizes

logger = logging.getLogger(__name__)
# Bytes of the name of one file or folder, on any disk.
LONGEST_NAME = 255


@dataclass(frozen=True)
class Rendition:
    """One encoded picture. The name has no folder, for example `card.webp`."""

    name: str
    content: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Renditions:
    """The same picture in several sizes, the largest first."""

    all: tuple[Rendition, ...]

    @property
    def largest(self) -> Rendition:
        return self.all[0]

    def distinct(self) -> "Renditions":
        """Without those sizes of a small picture that would be the same file again."""
        names = kept_sizes(self.largest.width, self.largest.height)
        return Renditions(tuple(each for each in self.all if each.name.split(".")[0] in names))


def write(renditions: Renditions, *, folder: str, storage: Storage = default_storage) -> str:
    """Store all sizes in a new random folder below `folder`; return the name of the largest.

    Call it in the transaction that writes the row: if that is rolled back, the files go.
    """
    names, unclaimed = stored(renditions, folder=folder, storage=storage)
    transaction.on_commit(unclaimed)
    return names[0]


def stored(
    renditions: Renditions, *, folder: str, storage: Storage = default_storage
) -> tuple[list[str], "Unclaimed"]:
    """Store all sizes; whoever writes the row gives what is `Unclaimed` to `on_commit`.

    It may be a matter of the network: call it before any row is locked. Raises OSError, and
    then leaves nothing behind.
    """
    place = f"{folder}/{secrets.token_hex(16)}"
    names: list[str] = []
    unclaimed = Unclaimed(storage, names)
    for rendition in renditions.all:
        names.append(f"{place}/{rendition.name}")
        try:
            storage.save(names[-1], ContentFile(rendition.content))
        except OSError:
            unclaimed.remove()
            raise
    return names, unclaimed


class Unclaimed:
    """Files of a row that is not committed yet; to be given to `on_commit`.

    Django drops the callbacks of a transaction or savepoint that is rolled back. This one
    takes its files with it then, unless it was called before.
    """

    def __init__(self, storage: Storage, names: list[str]) -> None:
        self._remove = weakref.finalize(self, remove, storage, names)

    def __call__(self) -> None:
        self._remove.detach()

    def remove(self) -> None:
        self._remove()


def remove(storage: Storage, names: Iterable[str]) -> None:
    """Delete files; one that cannot be deleted is logged and does not stop the rest.

    A storage that does not answer is asked only once.
    """
    for name in names:
        try:
            storage.delete(name)
        except Unavailable:
            logger.exception("Could not delete %s and what came after it", name)
            break
        except Exception:
            logger.exception("Could not delete %s", name)


def remove_after_commit(
    name: str, *, names: Iterable[str] = (), storage: Storage = default_storage
) -> None:
    """Delete all files of a picture once its row is truly gone: those `names`, or an item's."""
    names = list(names) or (all_siblings(name) if name else [])
    transaction.on_commit(lambda: remove(storage, names))


def files_in(storage: Storage, folder: str = "") -> Iterator[str]:
    """The names of all files below a folder; of none where nothing was ever kept.

    What no shop writes is left out: other programs put objects such as `/x` or `items/../x` into a
    bucket, whose names would lead out of any folder, and others that no disk keeps.
    """
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    prefix = f"{folder}/" if folder else ""
    # A bucket may hold `items/x` beside `items/x/large.webp`.
    kept = [name for name in files if is_plain(name) and name not in folders]
    within = [name for name in folders if is_plain(name)]
    left_out = [name for name in folders if name not in within]
    left_out += [name for name in files if name not in kept]
    for name in filter(None, left_out):
        logger.warning("Left out, as no file is so named: %s in %s", name, folder or "the top")
    yield from (f"{prefix}{name}" for name in kept)
    for name in within:
        yield from files_in(storage, f"{prefix}{name}")


def is_plain(name: str) -> bool:
    """Whether it is a file or folder of its own, one step down, as disks keep them."""
    is_short = len(name.encode()) <= LONGEST_NAME
    return name not in {"", ".", ".."} and "/" not in name and is_short
