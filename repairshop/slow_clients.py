"""A gunicorn worker whose threads wait for no client, see docs/adr/0011-slow-clients.md.

gunicorn's own lets a thread read a request and write its answer, however long the client takes.
Here the loop of the worker does both, for all clients together: a thread is only given what has
arrived whole, or is to be refused. TLS is spoken by a proxy in front.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from math import inf
from selectors import EVENT_READ, EVENT_WRITE
from socket import SHUT_WR, socket
from sys import maxsize
from tempfile import SpooledTemporaryFile
from time import monotonic
from typing import Any

from gunicorn.http.body import ChunkedReader
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from accounts.networks import address_of, network_of
from repairshop.body_size import most_bytes

logger = logging.getLogger(__name__)
# For the head of a request and the answer's first bytes; for all that follows, and for the whole.
HEAD_SECONDS = 10
BYTES_PER_SECOND = 1000
MAX_SECONDS = 900
# So long nothing may come of a body that has begun.
STALL_SECONDS = 30
# Of all that a worker has received and not answered, and what one network may have of it.
MAX_WAITING_BYTES = 500_000_000
MAX_BYTES_OF_NETWORK = MAX_WAITING_BYTES // 2
# So much of what a client has announced takes place before it comes.
RESERVED_BYTES = 1_000_000
# So long may go on sending who was answered before the end: else the answer would be lost.
LINGER_SECONDS = 5
MAX_HEAD_BYTES = 1 << 16
# So long a worker that has served its time goes on while somebody sends or reads; so long they have
# when it ends.
RETIRE_SECONDS, LAST_SECONDS = 60, 2
# Larger requests and answers wait on the disk.
MEMORY_BYTES = 1 << 16
READ_BYTES = 1 << 16
HEAD_END = b"\r\n\r\n"


class Client:
    """What a thread takes for a client's socket, and never waits at.

    The loop and a thread have it in turns. `refusal` is the status with which the shop answers
    instead of reading the body (`repairshop.refusals`).
    """

    refusal: HTTPStatus | None = None
    # Where it comes from, once its first head has arrived.
    network = ""

    def __init__(self, client: socket) -> None:
        client.settimeout(0)
        self.socket = client
        self.unsent = kept()
        self.begin()

    def begin(self) -> None:
        """Get ready for a request."""
        self.received = kept()
        self.head = bytearray()
        # Of head and body, once the head has arrived.
        self.length: int | None = None
        self.came = 0
        self.began = monotonic()

    @property
    def is_whole(self) -> bool:
        return self.length is not None and self.came >= self.length

    @property
    def claim(self) -> int:
        """How many bytes it takes place for."""
        return min(self.length or 0, self.came + RESERVED_BYTES)

    @property
    def deadline(self) -> float:
        """Until when more must have come: what is there has bought its time."""
        bought = self.came / BYTES_PER_SECOND
        whole = self.began + min(HEAD_SECONDS + bought, MAX_SECONDS)
        return min(whole, monotonic() + STALL_SECONDS) if self.length else whole

    def send_now(self, data: bytes) -> int:
        """How many bytes there was room for."""
        with suppress(BlockingIOError):
            return self.socket.send(data)
        return 0

    def flush(self) -> bool:
        """Send on what a thread has left; whether it is all gone."""
        while data := self.unsent.read(READ_BYTES):
            sent = self.send_now(data)
            if sent < len(data):
                self.unsent.seek(sent - len(data), 1)
                return False
        self.unsent = kept()
        return True

    # The rest is what gunicorn's threads ask of a socket.

    def fileno(self) -> int:
        return self.socket.fileno()

    def recv(self, size: int) -> bytes:
        return self.received.read(size)

    def sendall(self, data: bytes) -> None:
        sent = 0 if self.unsent.tell() else self.send_now(data)
        self.unsent.write(data[sent:])

    def send(self, data: bytes) -> None:
        """Only “100 Continue”, which was said already."""

    def gettimeout(self) -> float:
        return 0

    def setblocking(self, blocking: bool) -> None:  # noqa: FBT001 (as sockets have it)
        pass

    settimeout = shutdown = setblocking

    def close(self) -> None:
        self.socket.close()
        # Larger ones lie on the disk until then.
        self.unsent.close()
        self.received.close()


def kept() -> SpooledTemporaryFile[bytes]:
    return SpooledTemporaryFile(MEMORY_BYTES)


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker with threads, in which the loop reads and writes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.requests_to_serve: int = vars(self)["max_requests"]
        self.max_requests = maxsize
        self.retires_at = self.last_moment = inf
        # Whom the loop reads from or writes to, and what becomes of who takes too long.
        self.waiting: dict[TConn, Callable[[TConn], None]] = {}

    def accept(self, listener: Any) -> None:
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        conn = TConn(self.cfg, Client(client), address, listener.getsockname())
        conn.data_ready = True
        self.await_request(conn)

    def on_client_socket_readable(self, conn: TConn, client: Client) -> None:
        """The next request on a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        client.begin()
        self.await_request(conn)

    def await_request(self, conn: TConn) -> None:
        self.wait(conn, EVENT_READ, self.on_arrival, seconds=HEAD_SECONDS)
        # Most of them are there already.
        self.on_arrival(conn)

    def on_arrival(self, conn: TConn) -> None:
        client = conn.sock
        if (data := received(client)) is None:
            return
        if not data:
            self.drop(conn)
            return
        try:
            self.take(conn, data)
        except OSError:
            logger.exception("A request could not be kept")
            client.refusal = HTTPStatus.SERVICE_UNAVAILABLE
            client.received = kept()
            client.received.write(client.head)
        if client.refusal or client.is_whole:
            self.hand_over(conn)
        elif client.length is None and len(client.head) > MAX_HEAD_BYTES:
            self.drop(conn)
        else:
            conn.timeout = client.deadline

    def take(self, conn: TConn, data: bytes) -> None:
        """Keep what has come, and see from the head how much there will be."""
        client = conn.sock
        if client.length is not None:
            client.received.write(data)
            client.came += len(data)
            if client.length > MEMORY_BYTES and not self.has_room(client.network):
                client.refusal = HTTPStatus.SERVICE_UNAVAILABLE
            return
        searched = max(0, len(client.head) - len(HEAD_END))
        client.head += data
        if (end := client.head.find(HEAD_END, searched)) >= 0:
            client.received.write(client.head)
            client.came = len(client.head)
            end += len(HEAD_END)
            client.length = end + self.body_length(conn, bytes(client.head[:end]))
            # What came with it is kept already.
            del client.head[end:]
            self.waiting[conn] = partial(self.hand_over, refusal=HTTPStatus.REQUEST_TIMEOUT)

    def body_length(self, conn: TConn, head: bytes) -> int:
        """How many bytes follow, as gunicorn reads it; notes when they are not to be read."""
        client, fields = conn.sock, head.lower()
        if b"\ncontent-length" not in fields and b"\ntransfer-encoding" not in fields:
            return 0
        try:
            request = Request(self.cfg, IterUnreader([head]), conn.client)
        except Exception:
            # The thread will find the same and answer.
            client.refusal = HTTPStatus.BAD_REQUEST
            return 0
        if isinstance(request.body.reader, ChunkedReader):
            client.refusal = HTTPStatus.LENGTH_REQUIRED
            return 0
        length: int = request.body.reader.length
        client.network = network_asking(request, conn)
        if length > most_bytes(request.path):
            client.refusal = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        elif length > MEMORY_BYTES and not self.has_room(
            client.network, more=min(length, RESERVED_BYTES)
        ):
            client.refusal = HTTPStatus.SERVICE_UNAVAILABLE
        elif request._expected_100_continue:
            client.send_now(b"HTTP/1.1 100 Continue\r\n\r\n")
        return length

    def has_room(self, network: str, *, more: int = 0) -> bool:
        """Whether what is waited for is not too much, neither of this network nor of all."""
        clients: list[Client] = [conn.sock for conn in self.waiting]
        own = sum(client.claim for client in clients if client.network == network)
        of_all = sum(client.claim for client in clients)
        return own + more <= MAX_BYTES_OF_NETWORK and of_all + more <= MAX_WAITING_BYTES

    def hand_over(self, conn: TConn, refusal: HTTPStatus | None = None) -> None:
        """Give a request to the threads."""
        self.stop_waiting(conn)
        conn.sock.refusal = conn.sock.refusal or refusal
        conn.sock.received.seek(0)
        self.enqueue_req(conn)

    def handle_request(self, req: Request, conn: TConn) -> bool:
        if conn.sock.refusal:
            # What is still to come of it must not be taken for the next one.
            req.force_close()
        return bool(super().handle_request(req, conn))

    def finish_request(self, conn: TConn, fs: Future[bool]) -> None:
        """Go on when a thread has answered, and all of the answer is under way."""
        client = conn.sock
        if client.fileno() < 0 or fs.cancelled():
            self.nr_conns -= 1
            conn.close()
        elif size := client.unsent.tell():
            client.unsent.seek(0)
            seconds = min(HEAD_SECONDS + size / BYTES_PER_SECOND, MAX_SECONDS)
            self.wait(conn, EVENT_WRITE, partial(self.on_room, fs=fs), seconds=seconds)
        elif not fs.exception() and fs.result() and not is_ahead(conn):
            super().finish_request(conn, fs)
        else:
            with suppress(OSError):
                client.socket.shutdown(SHUT_WR)
            self.wait(conn, EVENT_READ, self.on_rest, seconds=LINGER_SECONDS)

    def on_room(self, conn: TConn, fs: Future[bool]) -> None:
        try:
            if conn.sock.flush():
                self.stop_waiting(conn)
                self.finish_request(conn, fs)
        except OSError:
            self.drop(conn)

    def on_rest(self, conn: TConn) -> None:
        """What comes after the last answer is nobody's."""
        if received(conn.sock) == b"":
            self.drop(conn)

    def wait(
        self, conn: TConn, event: int, call: Callable[[TConn], None], *, seconds: float
    ) -> None:
        conn.timeout = monotonic() + seconds
        self.waiting[conn] = self.drop
        self.poller.register(conn.sock, event, lambda _client: call(conn))

    def stop_waiting(self, conn: TConn) -> None:
        self.poller.unregister(conn.sock)
        del self.waiting[conn]

    def drop(self, conn: TConn) -> None:
        self.stop_waiting(conn)
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """End what takes too long; gunicorn calls this after each round of its loop."""
        now = monotonic()
        for conn, end in [found for found in self.waiting.items() if found[0].timeout < now]:
            end(conn)
        if self.last_moment < now:
            for conn in [*self.waiting]:
                self.drop(conn)
        while self.nr_conns >= self.worker_connections and self.drop_one():
            pass
        if self.alive and self.nr >= self.requests_to_serve:
            self.retire(now)

    def retire(self, now: float) -> None:
        """End, for gunicorn to start a successor that is small again.

        It does so when this one has gone, and nobody accepts meanwhile. So it goes on serving while
        somebody sends or reads, for a minute at most.
        """
        self.retires_at = min(self.retires_at, now + RETIRE_SECONDS)
        if self.waiting and now < self.retires_at:
            return
        self.log.info("Autorestarting worker after current request.")
        self.alive, self.last_moment = False, now + LAST_SECONDS

    def drop_one(self) -> bool:
        """End the connection that has waited for longest, so that the next one finds a place.

        First one on which nothing is asked, as any server may at any time.
        """
        if self.keepalived_conns:
            conn = self.keepalived_conns.popleft()
            self.poller.unregister(conn.sock)
            self.nr_conns -= 1
            conn.close()
        elif self.waiting:
            self.drop(next(iter(self.waiting)))
        else:
            return False
        return True


def received(client: Client) -> bytes | None:
    """What has come: nothing of a client that has gone, None when it was a false alarm."""
    try:
        return client.socket.recv(READ_BYTES)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def network_asking(request: Request, conn: TConn) -> str:
    """Where a request comes from, as the shop counts it."""
    forwarded = [value for name, value in request.headers if name == "X-FORWARDED-FOR"]
    address = conn.client[0] if isinstance(conn.client, tuple) else ""
    return network_of(address_of(",".join(forwarded), address))


def is_ahead(conn: TConn) -> bool:
    """Whether a client has sent its next request before it was answered, as none needs to.

    It has to send that one again: the server may close a connection at any time.
    """
    return bool(conn.parser.unreader.buf.getvalue() or conn.sock.received.read(1))
