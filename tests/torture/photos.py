"""Row 18: hostile files are sent as photos of tickets, and honest ones beside them.

Rounds are the hostile files. One worker takes them all; its memory is watched,
and that of the process in which it decodes each.
"""

import re
import secrets
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from pathlib import Path
from threading import Event, Thread
from typing import IO, Any

import psutil
from django.core.files import File
from PIL import Image

import repairs_restorals.photos
import store.pictures.images
from accounts.tests.factories import PASSWORD, make_user
from repairs_restorals.models import ServiceTicket, TicketImage
from repairs_restorals.models.photos import PHOTO_WIDTHS, private_storage
from repairs_restorals.photo_orphans import files_of_rows
from store.pictures.decoder import Decoder
from store.pictures.files import Rendition, Renditions, files_in, remove
from tests.processes import Process
from tests.torture import invariants
from tests.torture.buyers import Buyer
from tests.torture.hostile_files import (
    Sample,
    drawn,
    honest,
    hostile,
    png_bombs,
    polyglots,
    saved,
)
from tests.torture.run import Result, Run
from tests.torture.shop import shop

PROMISE = "18 Hostile files are harmless"
ADD = "/workshop/tickets/add-image/"
MOST_GROWTH = 64
# What the process has that decodes, its interpreter included.
MOST_OF_A_DECODER = 128
MEGABYTE = 1 << 20
# As many are enough for the tests of every day.
SMALL = 32
PHOTOS_AT_ONCE = 8
JFIF = {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
RED, GREEN, BLUE = (254, 0, 0), (0, 200, 0), (0, 0, 254)


def play(run: Run) -> Iterator[Result]:
    clear()
    with shop(run, WEB_CONCURRENCY="1") as site:
        siege = Siege(site)
        siege.send_all(hostile(run.dice, run.rounds))
        siege.send_all(honest(large=run.rounds > SMALL))
        siege.send_together(hostile(run.dice, PHOTOS_AT_ONCE))
        yield siege.found()
        yield siege.remembered()
        yield files_and_rows()
    clear()
    with shop(run, control="photos.stored_as_sent", WEB_CONCURRENCY="1") as site:
        siege = Siege(site)
        siege.send_all(islice(polyglots(run.dice), 5))
        yield siege.found()._replace(control=True)
    clear()
    with shop(run, control="photos.without_limits", WEB_CONCURRENCY="1") as site:
        siege = Siege(site)
        siege.send_all(islice(png_bombs(run.dice), 5))
        yield siege.remembered()._replace(control=True)
    clear()


def clear() -> None:
    invariants.clear()
    ServiceTicket.objects.all().delete()
    remove(private_storage(), files_in(private_storage()))


def stored_as_sent() -> None:
    """The control: keep what was sent, as a FileField does."""

    def kept(file: IO[bytes] | File, decoder: Decoder | None = None) -> Renditions:
        file.seek(0)
        content = file.read()
        names = (f"{size}.jpeg" for size in PHOTO_WIDTHS)
        return Renditions(tuple(Rendition(name, content, 1, 1) for name in names))

    repairs_restorals.photos.prepared = kept


def without_limits() -> None:
    """The control: decode whatever it takes."""
    repairs_restorals.photos.DECODED_PHOTO_BYTES = 10**12  # type: ignore[attr-defined]
    store.pictures.images.MAX_PIXELS = store.pictures.images.MAX_WIDTH = 10**12


def status_of(pid: int, name: str) -> int:
    """Megabytes of a process, such as `VmRSS` now or `VmHWM` at most."""
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"{name}:\s+(\d+)", text)
    return int(found[1]) // 1024 if found else 0


@dataclass
class Memory:
    """A worker's memory from now on, and that of the processes it starts, at most."""

    worker: psutil.Process

    def __post_init__(self) -> None:
        pid = self.worker.pid
        self.before = status_of(pid, "VmRSS")
        # Forgets what was needed at most before.
        Path(f"/proc/{pid}/clear_refs").write_text("5")
        self.helpers = self.most = 0
        self.hungriest = ""
        self.over = Event()
        Thread(target=self.watch_helpers, daemon=True).start()

    def note(self, name: str) -> None:
        """Keep by how much the worker has grown, and with which file it came to that."""
        growth = status_of(self.worker.pid, "VmHWM") - self.before
        if growth > self.most:
            self.most, self.hungriest = growth, name

    def watch_helpers(self) -> None:
        while not self.over.wait(0.02):
            try:
                for child in self.worker.children():
                    self.helpers = max(self.helpers, child.memory_info().rss // MEGABYTE)
            except psutil.NoSuchProcess:
                continue


@dataclass
class Siege:
    """A customer with a ticket who sends one file after the other."""

    site: Process
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        email = f"{secrets.token_hex(4)}@example.com"
        self.ticket = ServiceTicket.objects.create(customer=make_user(email), title="Organ")
        self.buyer = Buyer(self.site.port)
        self.buyer.press("/accounts/login/", username=email, password=PASSWORD)
        assert self.buyer.heard().status == 302
        for kind in ("JPEG", "PNG", "WEBP") * 4:
            self.send([Sample("warm", "warm.jpg", saved(drawn((900, 700)), kind))])
        [worker] = psutil.Process(self.site.popen.pid).children()
        self.memory = Memory(worker)

    def send(self, samples: list[Sample]) -> int:
        """Send files in one form; return the status of the answer."""
        token = self.buyer.cookies["csrftoken"]
        fields = {"csrfmiddlewaretoken": token, "ticket": str(self.ticket.pk)}
        files = [(sample.name, sample.content) for sample in samples]
        self.buyer.upload(ADD, fields, "images", files)
        return self.buyer.heard().status

    def send_all(self, samples: Iterable[Sample]) -> None:
        for sample in samples:
            self.counts[sample.family] += 1
            before = set(TicketImage.objects.values_list("pk", flat=True))
            status = self.send([sample])
            self.memory.note(sample.name)
            photos = TicketImage.objects.exclude(pk__in=before)
            self.judge(sample, status, list(photos))
            photos.delete()

    def send_together(self, samples: Iterable[Sample]) -> None:
        """Many in one form: all are answered, and nothing breaks."""
        for sample in samples:
            status = self.send([sample] * PHOTOS_AT_ONCE)
            self.memory.note(f"{PHOTOS_AT_ONCE} times {sample.name}")
            self.note("5xx", status >= 500, f"{PHOTOS_AT_ONCE} times {sample.name}")

    def judge(self, sample: Sample, status: int, photos: list[TicketImage]) -> None:
        about = f"{sample.family}: {sample.name[:40]!r}"
        self.note("5xx", status >= 500, about)
        if sample.taken is not None:
            expected = "not taken" if sample.taken else "taken"
            self.note(expected, bool(photos) != sample.taken, about)
        for photo in photos:
            for size in PHOTO_WIDTHS:
                content = read(photo, size)
                as_sent = content == sample.content or b"PAYLOAD" in content
                self.note("stored as sent", as_sent, about)
                self.note("with metadata", not is_clean(content), about)
                upright = sample.family != "honest" or is_upright(content)
                self.note("not upright", not upright, about)

    def note(self, what: str, is_wrong: object, about: str) -> None:
        if is_wrong:
            self.counts[what] += 1
            self.wrong.append(f"{what}: {about}")

    def found(self) -> Result:
        wrong = ("stored as sent", "5xx", "with metadata", "taken", "not taken", "not upright")
        sent = sum(self.counts.values()) - sum(self.counts[what] for what in wrong)
        told = ", ".join(f"{self.counts[what]} {what}" for what in wrong)
        example = f" (such as {self.wrong[0]})" if self.wrong else ""
        figure = f"{sent} files, {self.counts['honest']} of them honest: {told}{example}"
        return Result(PROMISE, figure, not self.wrong)

    def remembered(self) -> Result:
        self.memory.over.set()
        growth, helpers = self.memory.most, self.memory.helpers
        figure = (
            f"the worker had {self.memory.before} MB and grew by {growth} MB at most "
            f"(≤ {MOST_GROWTH}), with {self.memory.hungriest!r}; "
            f"the process that decodes had {helpers} MB (≤ {MOST_OF_A_DECODER})"
        )
        return Result(PROMISE, figure, growth <= MOST_GROWTH and helpers <= MOST_OF_A_DECODER)


def files_and_rows() -> Result:
    files, rows = set(files_in(private_storage())), files_of_rows()
    figure = f"{len(files - rows)} files without a row, {len(rows - files)} rows without a file"
    return Result("I5 no file without a row, no row without a file", figure, files == rows)


def read(photo: TicketImage, size: str) -> bytes:
    with private_storage().open(photo.stored(size)) as file:
        return bytes(file.read())


def is_clean(content: bytes) -> bool:
    """Whether it is a JPEG without a word about it."""
    try:
        with warnings.catch_warnings(action="ignore"):
            picture: Any = Image.open(BytesIO(content), formats=["JPEG"])
            return set(picture.info) <= JFIF and not picture.getexif()
    except Exception:
        return False


def is_upright(content: bytes) -> bool:
    picture = Image.open(BytesIO(content)).convert("RGB")
    width, height = picture.size
    points = (width // 4, height // 4), (3 * width // 4, height // 4), (width // 2, 3 * height // 4)
    seen = [picture.getpixel(point) for point in points]
    return all(
        abs(a - b) < 30
        for colour, wanted in zip(seen, (RED, GREEN, BLUE), strict=True)
        for a, b in zip(colour, wanted, strict=True)  # type: ignore[arg-type]
    )
