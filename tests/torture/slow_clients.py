"""Row 27: fifty clients that send a byte a second, while others look at the front page.

Rounds are the looks, with and without the slow ones.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from socket import create_connection, socket
from threading import Event, Thread
from time import monotonic

from tests.processes import Process
from tests.torture.proxy import proxy_to
from tests.torture.run import Result, Run
from tests.torture.shop import shop

PROMISE = "27 Slow clients stop nobody"
SLOW_CLIENTS = 50
VISITORS = 2
# A machine that has other things to do as well is asked again.
TRIES = 3
# What nobody notices.
MOST_SECONDS = 0.1
LONGEST = 5.0
HEAD = (
    b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 600\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n"
)


def play(run: Run) -> Iterator[Result]:
    with shop(run, WEB_CONCURRENCY="2") as site:
        yield compared("directly", site, run.rounds)
        with proxy_to(("127.0.0.1", site.port)) as proxy:
            behind = Process(site.popen, site.output, proxy.port)
            yield compared("behind a proxy", behind, run.rounds)
    with shop(run, WEB_CONCURRENCY="1", GUNICORN_CMD_ARGS="--worker-class=gthread") as site:
        with slow_clients(site):
            waited = look(site)
        held = waited < MOST_SECONDS
        yield Result(PROMISE, f"gunicorn's own worker: {waited:.1f} s", held, control=True)


def compared(way: str, site: Process, looks: int) -> Result:
    looked(site, looks)
    for _ in range(TRIES):
        quiet = looked(site, looks)
        with slow_clients(site):
            slow = looked(site, looks)
        held = slow <= max(2 * quiet, MOST_SECONDS)
        if held:
            break
    figure = f"{way}: p99 {1000 * slow:.0f} ms beside them, {1000 * quiet:.0f} ms without"
    return Result(PROMISE, figure, held)


def looked(site: Process, looks: int) -> float:
    """The seconds within which all but one in a hundred saw the page."""
    with ThreadPoolExecutor(VISITORS) as visitors:
        seconds = sorted(visitors.map(look, [site] * looks))
    return seconds[len(seconds) * 99 // 100]


def look(site: Process) -> float:
    """How long it took; a page that does not come in time takes very long."""
    began = monotonic()
    connection = HTTPConnection("127.0.0.1", site.port, timeout=LONGEST)
    with closing(connection), suppress(OSError, HTTPException):
        connection.request("GET", "/", headers={"Host": "localhost"})
        answer = connection.getresponse()
        if answer.read() and answer.status == 200:
            return monotonic() - began
    return LONGEST


@contextmanager
def slow_clients(site: Process) -> Iterator[None]:
    over = Event()
    dawdling = Thread(target=dawdle, args=[site.port, over])
    dawdling.start()
    # So that all threads that can be had are had.
    over.wait(1)
    try:
        yield
    finally:
        over.set()
        dawdling.join()


def dawdle(port: int, over: Event) -> None:
    """Half of them send a head, half a form; who is sent away comes again."""
    sent = cycle([HEAD, HEAD + b"\r\n"])
    clients = [connected(port, next(sent)) for _ in range(SLOW_CLIENTS)]
    while not over.wait(1):
        for place, client in enumerate(clients):
            try:
                client.send(b"x")
            except OSError:
                client.close()
                clients[place] = connected(port, next(sent))
    for client in clients:
        client.close()


def connected(port: int, sent: bytes) -> socket:
    client = create_connection(("127.0.0.1", port))
    client.sendall(sent)
    return client
