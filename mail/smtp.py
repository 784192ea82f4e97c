"""Django's mail backend, with an end to every conversation with the server."""

import smtplib
import socket
from contextlib import suppress
from threading import Timer
from typing import Any

from django.core.mail.backends import smtp

# Twice as long as mails are begun for: the last of them has as long again to get through.
SECONDS_A_CONVERSATION = 20


class Ending(smtplib.SMTP):
    """Hangs up when the time is up, which its `timeout` is not for: that is for each read.

    A server that says one byte at a time would keep a conversation going for ever.
    """

    watch: Timer | None = None

    def connect(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        self.watch = Timer(SECONDS_A_CONVERSATION, self.hang_up)
        self.watch.daemon = True
        self.watch.start()
        try:
            return super().connect(*args, **kwargs)
        except OSError:
            self.watch.cancel()
            raise

    def close(self) -> None:
        if self.watch:
            self.watch.cancel()
        super().close()

    def hang_up(self) -> None:
        """End whatever is being read or written on the connection, from another thread."""
        if self.sock:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


class EndingTLS(Ending, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return EndingTLS if self.use_ssl else Ending
