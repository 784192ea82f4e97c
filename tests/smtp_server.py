"""A real mail server on loopback, with faults on demand."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

# It tells of each line that it hears.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class Server:
    """Keeps what it was given, and behaves as `mood` says.

    well        takes everything
    busy        answers 451 to each recipient
    refuses     answers 550 to each recipient
    too large   answers 552 to each content
    closes      answers 421 to each recipient
    drops       hangs up in the middle of a content
    forgets     takes a content and hangs up before it says so
    hangs       takes a content and says nothing for a minute
    """

    def __init__(self) -> None:
        self.mood = "well"
        self.moods: dict[str, str] = {}
        self.pause = 0.0
        self.taken: list[EmailMessage] = []
        # Of those, whose senders were told so, if they listened.
        self.confirmed: list[str] = []
        self.failures = 0
        self.connections = 0

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.taken]

    def times(self) -> Counter[str]:
        """How often each mail has come, by its subject."""
        return Counter(self.subjects)

    def ids(self, subject: str) -> set[str]:
        return {str(mail["Message-ID"]) for mail in self.taken if mail["Subject"] == subject}

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, name: str, said: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = name
        return said

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, to: str, options: list[str]
    ) -> str:
        answers = {"busy": "451 Later", "refuses": "550 Nobody here", "closes": "421 Closing"}
        if answer := answers.get(self.moods.get(to, self.mood)):
            self.failures += 1
            return answer
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        to = envelope.rcpt_tos[0]
        mood = self.moods.get(to, self.mood)
        self.failures += mood != "well"
        if mood == "too large":
            return "552 Too large"
        if mood == "drops":
            return hang_up(server)
        content: Any = envelope.content
        self.taken.append(message_from_bytes(content, policy=policy.default))
        if mood == "forgets":
            return hang_up(server)
        await asyncio.sleep(60 if mood == "hangs" else self.pause)
        self.confirmed.append(to)
        return "250 OK"


def hang_up(server: SMTP) -> str:
    transport: Any = server.transport
    transport.abort()
    return "250 OK"


@contextmanager
def serving(port: int, server: Server | None = None) -> Iterator[Server]:
    """Let a server, or a new one that is well, listen until the block ends."""
    server = server or Server()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
