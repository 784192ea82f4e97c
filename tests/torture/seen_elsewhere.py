"""Photos that one machine has taken in are seen by way of the other. Rounds are photos."""

from collections import Counter
from collections.abc import Iterator
from tempfile import mkdtemp
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.tests.factories import make_user
from repairs_restorals.models import TicketImage
from repairs_restorals.models.photos import FIRST_SIZES, private_storage
from repairs_restorals.tests.factories import make_ticket
from tests.processes import Process
from tests.torture.buyers import Buyer
from tests.torture.hostile_files import drawn, saved
from tests.torture.run import Result, Run
from tests.torture.shop import shop

PROMISE = "20 Photos are seen by way of any machine"
SMALL = 10


def play(run: Run) -> Iterator[Result]:
    with shop(run) as site:
        yield seen(run, site, "ann@example.com")
    few, control = run.at_most(SMALL), "seen_elsewhere.in_folders_of_their_own"
    with shop(few, control=control, AWS_STORAGE_BUCKET_NAME="", AWS_PRIVATE_BUCKET_NAME="") as site:
        yield seen(few, site, "bob@example.com")._replace(control=True)


def seen(run: Run, site: Process, email: str) -> Result:
    """Send each photo to one machine, and look at it from both."""
    owner, client = make_user(email), Client()
    client.force_login(owner, "django.contrib.auth.backends.ModelBackend")
    buyer = Buyer(site.port, cookies={"sessionid": client.cookies["sessionid"].value})
    photo = saved(drawn((400, 300)), "JPEG")
    sent, looks = 0, Counter[int]()
    for _ in run.counted():
        ticket = make_ticket(owner)
        fields = {"csrfmiddlewaretoken": buyer.cookies["csrftoken"], "ticket": str(ticket.pk)}
        buyer.upload("/workshop/tickets/add-image/", fields, "images", [("viola.jpg", photo)])
        buyer.answer()
        for image in TicketImage.objects.filter(ticket=ticket):
            sent += 1
            for size in FIRST_SIZES:
                path = reverse("repairs:photo", args=[ticket.pk, image.pk, size])
                # The router gives one request to each.
                for _machine in run.machines:
                    buyer.ask("GET", path)
                    looks[buyer.answer()[0]] += 1
    figure = (
        f"{sent:,} of {run.rounds:,} photos sent; looks at them by their answers: {dict(looks)}"
    )
    return Result(PROMISE, figure, held=sent == run.rounds and set(looks) == {200})


def in_folders_of_their_own() -> None:
    """Each process keeps photos on a disk that no other sees."""
    storage: Any = private_storage()
    storage._location = mkdtemp(prefix="repairshop-own-")
    for name in ("base_location", "location"):
        storage.__dict__.pop(name, None)
