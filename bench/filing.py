"""How long it takes to file a ticket with photos of a phone, against Pillow alone."""

from collections.abc import Iterator
from io import BytesIO
from statistics import median
from time import perf_counter

import psutil
from PIL import Image, ImageOps

from bench.tickets import CUSTOMER, PASSWORD
from repairs_restorals.models.photos import PHOTO_WIDTHS
from tests.processes import Process
from tests.torture.photos import Memory
from tests.visitor import Visitor

PHOTOS = 4
ROUNDS = 9
NEW = "/workshop/tickets/new/"


def filing_against_pillow(process: Process) -> Iterator[str]:
    """From click to answer, in turns with Pillow; and by how much the workers grew meanwhile."""
    photos = [photo(number) for number in range(PHOTOS)]
    person = newcomer(process)
    file_ticket(person, photos)
    pillow_alone(photos)
    workers = [Memory(worker) for worker in psutil.Process(process.popen.pid).children()]
    rounds = [
        (
            file_ticket(person, photos),
            pillow_alone(photos),
            pillow_alone(photos, at_half_size=True),
        )
        for _ in range(ROUNDS)
    ]
    ours, whole, half = (median(side) for side in zip(*rounds, strict=True))
    ratios = [mine / theirs for mine, theirs, _ in rounds]
    size = sum(map(len, photos)) / 1_000_000
    yield (
        f"filing a ticket with {PHOTOS} photos ({size:.0f} MB) to Pillow alone: "
        f"{ours:.2f} s to {whole:.2f} s = {ours / whole:.2f} (≤ 1.5), "
        f"rounds {min(ratios):.2f}–{max(ratios):.2f}; "
        f"to Pillow decoding at half size: {ours / half:.2f}"
    )
    for worker in workers:
        worker.note("")
        worker.over.set()
    yield f"a worker grew by {max(worker.most for worker in workers)} MB at most (≤ 64)"


def photo(number: int) -> bytes:
    """12 million pixels as a phone takes them, held upright: soft shapes and some noise."""
    size = (4032, 3024)
    soft = Image.effect_noise((500 + number, 400), 90).resize(size, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(size, 12)
    picture = Image.merge("RGB", (soft, grain, Image.linear_gradient("L").resize(size)))
    exif = Image.Exif()
    exif[0x0112] = 6
    file = BytesIO()
    picture.save(file, format="JPEG", quality=88, exif=exif)
    return file.getvalue()


def newcomer(process: Process) -> Visitor:
    """Somebody who has just logged in."""
    person = Visitor(process.port)
    person.get("/accounts/login/")
    fields = {
        "csrfmiddlewaretoken": person.cookies["csrftoken"],
        "username": CUSTOMER,
        "password": PASSWORD,
    }
    person.upload("/accounts/login/", fields, "none", [])
    status, _ = person.answer()
    if status != 302:
        raise RuntimeError(f"Logging in answered {status}")
    return person


def file_ticket(person: Visitor, photos: list[bytes]) -> float:
    """Seconds from the click to the answer."""
    fields = {
        "csrfmiddlewaretoken": person.cookies["csrftoken"],
        "title": "Barrel organ",
        "description": "It wheezes.",
        "kind": "repair",
    }
    files = [(f"{number}.jpg", content) for number, content in enumerate(photos)]
    started = perf_counter()
    person.upload(NEW, fields, "photos", files)
    status, _ = person.answer()
    # A page shows messages and then drops them. Here nobody looks.
    person.cookies.pop("messages", None)
    if status != 302:
        raise RuntimeError(f"Filing answered {status}")
    return perf_counter() - started


def pillow_alone(photos: list[bytes], *, at_half_size: bool = False) -> float:
    """Seconds that it takes to decode, turn, shrink and encode the same photos, and no more.

    Decoded as a whole, as Pillow does unless told otherwise, or at half their size, as we do.
    """
    largest = max(PHOTO_WIDTHS.values())
    started = perf_counter()
    for content in photos:
        picture: Image.Image = Image.open(BytesIO(content))
        if at_half_size:
            picture.draft("RGB", (largest * 5 // 4, 1))
        picture.load()
        picture.thumbnail((largest, largest), Image.Resampling.LANCZOS, reducing_gap=None)
        picture = ImageOps.exif_transpose(picture)
        for width in PHOTO_WIDTHS.values():
            picture.thumbnail((width, width), Image.Resampling.LANCZOS)
            picture.save(BytesIO(), format="JPEG", quality=82)
    return perf_counter() - started
