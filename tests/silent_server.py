"""A service that hangs: it takes every connection and never says a word."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread


class SilentServer:
    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.taken: list[socket.socket] = []
        self.address = f"http://127.0.0.1:{listener.getsockname()[1]}"

    def take_all(self) -> None:
        with suppress(OSError):
            while True:
                self.taken.append(self.listener.accept()[0])

    def hang_up(self) -> None:
        """Take no more connections, and end those that there are."""
        # Closing alone does not wake whoever waits in `accept`.
        self.listener.shutdown(socket.SHUT_RDWR)
        for connection in self.taken:
            connection.close()


@contextmanager
def silent_server() -> Iterator[SilentServer]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = SilentServer(listener)
        Thread(target=server.take_all, daemon=True).start()
        try:
            yield server
        finally:
            with suppress(OSError):
                server.hang_up()
