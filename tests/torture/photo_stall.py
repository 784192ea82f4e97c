"""Row 37: many customers send the largest photos at once, while others look at the front page.

Rounds are the photos in each form.
"""

import secrets
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from threading import Event

from accounts.tests.factories import PASSWORD, make_user
from outside.heavy import heavy_work
from repairs_restorals.models import ServiceTicket, TicketImage
from tests.processes import Process
from tests.torture.buyers import Buyer
from tests.torture.hostile_files import drawn, saved
from tests.torture.photos import ADD, clear
from tests.torture.run import Result, Run
from tests.torture.shop import shop
from tests.torture.slow_clients import look

PROMISE = "37 Heavy work has its own room"
FORMS_AT_ONCE = 9
# A hundred megapixels.
SIZE = 10_000, 10_000
MOST_SECONDS = 2


def play(run: Run) -> Iterator[Result]:
    clear()
    photo = saved(drawn(SIZE))
    with shop(run, WEB_CONCURRENCY="1") as site:
        yield stalled(site, [photo] * run.rounds)
    clear()
    with shop(run, control="photo_stall.without_room", WEB_CONCURRENCY="1") as site:
        yield stalled(site, [photo] * run.rounds)._replace(control=True)
    clear()


def without_room() -> None:
    """The control: as much as there are threads."""
    heavy_work.place = nullcontext  # type: ignore[assignment, method-assign]


def stalled(site: Process, photos: list[bytes]) -> Result:
    over = Event()
    with ThreadPoolExecutor(FORMS_AT_ONCE + 1) as pool:
        forms = [pool.submit(send, customer(site), photos) for _ in range(FORMS_AT_ONCE)]
        longest = pool.submit(looking, site, over)
        answers = Counter(form.result() for form in forms)
        over.set()
    longest_look = longest.result()
    figure = (
        f"the front page took {longest_look:.1f} s at most (≤ {MOST_SECONDS}); "
        f"{answers[302]} forms taken, {answers[503]} asked to come again"
    )
    kept = TicketImage.objects.count() == answers[302] * len(photos)
    in_time = longest_look <= MOST_SECONDS
    return Result(PROMISE, figure, in_time and kept and {*answers} <= {302, 503})


def customer(site: Process) -> tuple[Buyer, int]:
    user = make_user(f"{secrets.token_hex(4)}@example.com")
    ticket = ServiceTicket.objects.create(customer=user, title="Organ")
    buyer = Buyer(site.port)
    buyer.press("/accounts/login/", username=user.email, password=PASSWORD)
    assert buyer.heard().status == 302
    return buyer, ticket.pk


def send(sender: tuple[Buyer, int], photos: list[bytes]) -> int:
    buyer, ticket = sender
    buyer.socket.settimeout(300)
    fields = {"csrfmiddlewaretoken": buyer.cookies["csrftoken"], "ticket": str(ticket)}
    buyer.upload(ADD, fields, "images", [("large.jpg", photo) for photo in photos])
    return buyer.heard().status


def looking(site: Process, over: Event) -> float:
    """How long a look at the front page took at most, until it is over."""
    longest = 0.0
    while not over.wait(0.05):
        longest = max(longest, look(site))
    return longest
