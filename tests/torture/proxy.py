"""A proxy that breaks the way as networks do, before PostgreSQL; or a plain one before the shop."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import AF_INET, AF_UNIX, SHUT_RDWR, create_server, socket
from threading import Event, Thread

BYTES_PER_READ = 1 << 16


class Proxy:
    """Take connections on a port and pass them on to a Unix socket or an address, or do worse.

    Whatever it does, `mend()` ends.
    """

    def __init__(self, upstream: str | tuple[str, int]) -> None:
        self.upstream = upstream
        self.ends: set[socket] = set()
        self.flowing = Event()
        self.listener: socket | None = None
        self.port = 0
        # Seconds by which whatever passes comes later.
        self.delay = 0.0
        self.mend()

    def mend(self) -> None:
        """Let everything through, also what had to wait."""
        if self.listener is None:
            self.listener = create_server(("127.0.0.1", self.port), backlog=300)
            self.port = self.listener.getsockname()[1]
            Thread(target=self.accept, args=[self.listener], daemon=True).start()
        self.flowing.set()

    def cut(self) -> None:
        """End every connection, as when a router forgets them; new ones are taken."""
        for end in list(self.ends):
            close(end)

    def refuse(self) -> None:
        """End every connection and refuse new ones, as when the server has stopped."""
        if self.listener:
            close(self.listener)
            self.listener = None
        self.cut()

    def hang(self) -> None:
        """Take everything and answer nothing, as when the server's disk is stuck."""
        self.flowing.clear()

    def abandon(self) -> None:
        """Let new connections through; those that hang are never answered, nor ended."""
        self.flowing = Event()
        self.mend()

    def accept(self, listener: socket) -> None:
        # It is closed under this thread's hands.
        with listener, suppress(OSError):
            while True:
                client, _ = listener.accept()
                self.ends.add(client)
                Thread(target=self.serve, args=[client, self.flowing], daemon=True).start()

    def serve(self, client: socket, flowing: Event) -> None:
        server = socket(AF_UNIX if isinstance(self.upstream, str) else AF_INET)
        self.ends.add(server)
        with client, server, suppress(OSError):
            flowing.wait()
            server.connect(self.upstream)
            back = Thread(target=self.pump, args=[server, client, flowing], daemon=True)
            back.start()
            self.pump(client, server, flowing)
            back.join()
        self.ends -= {client, server}

    def pump(self, source: socket, target: socket, flowing: Event) -> None:
        with suppress(OSError):
            while data := source.recv(BYTES_PER_READ):
                flowing.wait()
                Event().wait(self.delay)
                target.sendall(data)
        close(source)
        close(target)


def close(end: socket) -> None:
    """End it, so that a thread which waits for it wakes up."""
    with suppress(OSError):
        end.shutdown(SHUT_RDWR)


@contextmanager
def proxy_to(upstream: str | tuple[str, int]) -> Iterator[Proxy]:
    """A proxy until the block ends."""
    proxy = Proxy(upstream)
    try:
        yield proxy
    finally:
        proxy.refuse()
