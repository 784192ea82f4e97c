"""gunicorn's worker as the Procfile starts it, around an application that tells what it got."""

import os
import resource
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from selectors import DefaultSelector
from typing import Any, NamedTuple

import pytest
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.sock import create_sockets
from gunicorn.workers.gthread import ThreadWorker
from pytest_django.fixtures import Settings

from repairshop import slow_clients
from repairshop.slow_clients import Worker
from tests.processes import wait_until

THREADS = 4
LOGIN = b"POST /accounts/login/ HTTP/1.1\r\nHost: shop\r\nContent-Length: "
PHOTOS = LOGIN.replace(b"accounts/login", b"workshop/tickets/new")
LARGE = 20_000_000


def told(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answer with the refusal or the length of the body, or with very much."""
    refusal = getattr(environ["gunicorn.socket"], "refusal", None)
    text = b"refused" if refusal else b"%d bytes" % len(environ["wsgi.input"].read())
    body = b"x" * LARGE if environ["PATH_INFO"] == "/large" else text
    status = f"{refusal.value} {refusal.phrase}" if refusal else "200 OK"
    start_response(status, [("Content-Length", str(len(body)))])
    return [body]


class App(BaseApplication):  # type: ignore[misc]
    def load_config(self) -> None:
        self.cfg.set("threads", THREADS)
        self.cfg.set("bind", "127.0.0.1:0")
        self.cfg.set("keepalive", 5)
        self.cfg.set("graceful_timeout", 0)

    def load(self) -> Callable[..., Any]:
        return told


class Served(NamedTuple):
    worker: ThreadWorker
    address: tuple[str, int]

    def connect(self, sent: bytes = b"") -> socket.socket:
        client = socket.create_connection(self.address, timeout=5)
        client.sendall(sent)
        return client

    def ask(self, sent: bytes) -> bytes:
        """Everything that comes until the server ends the connection."""
        with self.connect(sent) as client:
            return heard(client)


def heard(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(1 << 16), b""))


@contextmanager
def served(worker_class: type[ThreadWorker] = Worker) -> Iterator[Served]:
    cfg: Config = (app := App()).cfg
    [listener] = create_sockets(cfg, log := Logger(cfg))
    worker = worker_class(1, os.getppid(), [listener], app, 30, cfg, log)
    worker.wsgi = told
    # What its `init_process` does, without signals.
    worker.tpool = worker.get_thread_pool()
    worker.poller = DefaultSelector()
    worker.method_queue.init()
    loop = threading.Thread(target=worker.run)
    loop.start()
    try:
        yield Served(worker, listener.getsockname())
    finally:
        worker.handle_exit(None, None)
        loop.join(10)
        worker.tmp.close()
    assert not loop.is_alive()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    for name in ("HEAD_SECONDS", "LINGER_SECONDS"):
        monkeypatch.setattr(slow_clients, name, 0.5)
    with served() as site:
        yield site


GET = b"GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n"
SLOW = {
    "nothing": b"",
    "a head": LOGIN,
    "a body": LOGIN + b"600\r\n\r\nusername=",
    "an answer": b"GET /large HTTP/1.1\r\nHost: shop\r\n\r\n",
}


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
def test_slow_clients_keep_no_thread(sent: bytes) -> None:
    with served() as site:
        slow = [site.connect(sent) for _ in range(5 * THREADS)]
        answer = site.ask(GET)
        for client in slow:
            client.close()

    assert answer.endswith(b"0 bytes")


def nobody_is_answered(site: Served, *, beside: list[socket.socket]) -> None:
    """Whoever comes while these are there hears nothing."""
    another = site.connect(GET)
    another.settimeout(1)
    with pytest.raises(TimeoutError):
        heard(another)
    for client in [*beside, another]:
        client.close()


def test_control_they_keep_all_threads_of_gunicorns_own_worker() -> None:
    with served(ThreadWorker) as site:
        nobody_is_answered(site, beside=[site.connect(LOGIN) for _ in range(THREADS)])


@pytest.mark.parametrize("sent", [b"", LOGIN, b"GET"])
def test_a_head_that_does_not_come_in_time_is_not_waited_for(site: Served, sent: bytes) -> None:
    assert site.ask(sent) == b""


def test_a_body_that_does_not_come_in_time_is_answered(site: Served) -> None:
    assert b"408 Request Timeout" in site.ask(LOGIN + b"600\r\n\r\nusername=")


def test_what_comes_buys_time_but_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, _theirs = socket.socketpair()
    client = slow_clients.Client(ours)

    def seconds(received: int) -> float:
        client.came = received
        return round(client.deadline - client.began)

    assert [seconds(size) for size in (0, 5_000, 10**8)] == [10, 15, 900]
    client.length = 10**8
    # Of what it has bought, no more than this at once.
    assert [seconds(size) for size in (0, 5_000, 10**8)] == [10, 15, 30]
    client.close()


@pytest.mark.parametrize("size", [0, 600, 100_000])
def test_a_form_arrives_whole(site: Served, size: int) -> None:
    answer = site.ask(LOGIN + b"%d\r\nConnection: close\r\n\r\n" % size + b"x" * size)
    assert answer.endswith(b"%d bytes" % size)


def test_photos_arrive_whole(site: Served) -> None:
    answer = site.ask(PHOTOS + b"3000000\r\nConnection: close\r\n\r\n" + b"x" * 3_000_000)
    assert answer.endswith(b"3000000 bytes")


def test_what_is_too_large_is_refused_before_it_comes(site: Served) -> None:
    answer = site.ask(LOGIN + b"100001\r\n\r\n")
    assert b"413" in answer
    assert b"Connection: close" in answer


def test_who_goes_on_sending_still_reads_the_refusal(site: Served) -> None:
    assert b"413" in site.ask(LOGIN + b"1000000\r\n\r\n" + b"x" * 1_000_000)


def test_a_body_of_no_known_length_is_refused(site: Served) -> None:
    chunked = LOGIN.replace(b"Content-Length: ", b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello")
    assert b"411 Length Required" in site.ask(chunked)


@pytest.mark.parametrize("length", [b"-1", b"1, 2", b"ten", b"5\r\nContent-Length: 6"])
def test_a_length_that_makes_no_sense_is_refused(site: Served, length: bytes) -> None:
    assert b"400 Bad Request" in site.ask(LOGIN + length + b"\r\n\r\nhello" + GET)


def test_a_connection_serves_several_requests(site: Served) -> None:
    with site.connect() as client:
        for size in (5, 0, 70_000):
            client.sendall(LOGIN + b"%d\r\n\r\n" % size + b"x" * size)
            answer = b""
            while not answer.endswith(b"bytes"):
                answer += client.recv(1 << 16)
            assert answer.endswith(b"\n%d bytes" % size)


def test_who_does_not_wait_for_the_answer_has_to_send_again(site: Served) -> None:
    assert site.ask(GET.replace(b"Connection: close\r\n", b"") * 2).count(b"200 OK") == 1


def test_who_asks_first_may_send(site: Served) -> None:
    with site.connect(LOGIN + b"5\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n") as client:
        assert client.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"hello")
        assert heard(client).endswith(b"5 bytes")


def test_a_slow_reader_gets_all_of_an_answer(site: Served) -> None:
    with site.connect(
        SLOW["an answer"].replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    ) as client:
        assert len(heard(client)) > LARGE


def test_who_reads_nothing_is_given_up(site: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_clients, "BYTES_PER_SECOND", 10**9)
    with site.connect(SLOW["an answer"]) as client:
        client.recv(1)
        threading.Event().wait(2.5)
        assert site.worker.nr_conns == 0
        assert len(heard(client)) < LARGE


def test_a_thread_that_fails_ends_one_connection(
    site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(site.worker, "handle", lambda _conn: 1 // 0)
        assert site.ask(GET) == b""

    assert b"200 OK" in site.ask(GET)


def test_a_full_disk_is_told(site: Served) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        answer = site.ask(PHOTOS + b"300000\r\n\r\n" + b"x" * 300_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert b"503 Service Unavailable" in answer


def test_what_was_announced_and_does_not_come_is_waited_for_only_so_long(
    site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_clients, "STALL_SECONDS", 0.5)
    monkeypatch.setattr(slow_clients, "HEAD_SECONDS", 60)
    answer = site.ask(PHOTOS + b"20000000\r\n\r\n" + bytes(1_000_000))

    assert answer.startswith(b"HTTP/1.1 408")


@pytest.fixture
def _patient(monkeypatch: pytest.MonkeyPatch, site: Served) -> None:
    """A worker that waits for long, and has room for 13 MB, 6 of them for one network."""
    monkeypatch.setattr(slow_clients, "HEAD_SECONDS", 60)
    monkeypatch.setattr(slow_clients, "MAX_WAITING_BYTES", 13_000_000)
    monkeypatch.setattr(slow_clients, "MAX_BYTES_OF_NETWORK", 6_000_000)


def photos(size: int, *, network: int = 1) -> bytes:
    """The head of a form with photos, as a proxy hands it on."""
    lines = b"Connection: close\r\nX-Forwarded-For: 198.51.100.%d\r\nHost" % network
    return PHOTOS.replace(b"Host", lines) + b"%d\r\n\r\n" % size


def claimed(site: Served) -> int:
    return sum(conn.sock.claim for conn in site.worker.waiting)


@pytest.mark.usefixtures("_patient")
def test_what_is_announced_and_does_not_come_takes_little_room(site: Served) -> None:
    slow = [site.connect(photos(100_000_000)) for _ in range(3)]
    wait_until(lambda: len(site.worker.waiting) == len(slow))

    answer = site.ask(photos(2_000_000) + bytes(2_000_000))

    for client in slow:
        client.close()
    assert answer.endswith(b"2000000 bytes")


@pytest.mark.usefixtures("_patient")
def test_what_has_come_and_is_not_whole_takes_only_so_much_room(
    site: Served, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1
    kept = [
        site.connect(photos(20_000_000, network=network) + bytes(4_500_000)) for network in (1, 2)
    ]
    wait_until(lambda: claimed(site) > 11_000_000)

    of_one_of_them = site.ask(photos(2_000_000))
    of_another = site.ask(photos(800_000, network=3) + bytes(800_000))
    too_much = site.ask(photos(20_000_000, network=3) + bytes(3_000_000))
    small = site.ask(photos(5) + b"hello")

    for client in kept:
        client.close()
    assert of_one_of_them.startswith(b"HTTP/1.1 503")
    assert of_another.endswith(b"800000 bytes")
    assert too_much.startswith(b"HTTP/1.1 503")
    assert small.endswith(b"5 bytes")


KEPT = GET.replace(b"Connection: close\r\n", b"")


def crowd(site: Served, sent: bytes) -> list[socket.socket]:
    """More connections than there is room for, of which nobody asks anything any more."""
    clients = []
    for _ in range(30):
        clients.append(client := site.connect(sent))
        if sent == KEPT:
            client.recv(1 << 16)
    return clients


@pytest.mark.parametrize("sent", [KEPT, b"", LOGIN, LOGIN + b"600\r\n\r\nuser"])
def test_connections_that_ask_nothing_keep_nobody_out(site: Served, sent: bytes) -> None:
    site.worker.worker_connections = 10
    clients = crowd(site, sent)

    answer = site.ask(GET)

    for client in clients:
        client.close()
    assert answer.endswith(b"0 bytes")


def test_control_they_keep_everybody_out_of_gunicorns_own_worker() -> None:
    with served(ThreadWorker) as site:
        site.worker.worker_connections = 10
        clients = [site.connect(KEPT) for _ in range(10)]
        for client in clients:
            client.recv(1 << 16)
        nobody_is_answered(site, beside=clients)


@pytest.fixture
def retiring(monkeypatch: pytest.MonkeyPatch, site: Served) -> Served:
    """A worker that begins to end with its next request, and waits for slow clients."""
    monkeypatch.setattr(slow_clients, "HEAD_SECONDS", 60)
    site.worker.cfg.set("graceful_timeout", 60)
    site.worker.requests_to_serve = 1
    return site


UNFINISHED = LOGIN + b"5\r\nConnection: close\r\n\r\n"


def test_a_worker_that_has_served_its_time_goes_on_while_somebody_sends(retiring: Served) -> None:
    with retiring.connect(UNFINISHED) as slow:
        wait_until(lambda: len(retiring.worker.waiting) == 1)

        assert [retiring.ask(GET)[-7:] for _ in range(3)] == [b"0 bytes"] * 3
        slow.sendall(b"hello")
        assert heard(slow).endswith(b"5 bytes")

    wait_until(lambda: not retiring.worker.alive and not retiring.worker.nr_conns, seconds=10)


def test_it_does_not_wait_for_slow_clients_for_ever(
    retiring: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_clients, "RETIRE_SECONDS", 0.2)
    with retiring.connect(UNFINISHED) as slow:
        wait_until(lambda: len(retiring.worker.waiting) == 1)
        retiring.ask(GET)

        assert heard(slow) == b""
    wait_until(lambda: not retiring.worker.alive and not retiring.worker.nr_conns, seconds=10)
