"""Where a shop has no mail server: what stands for sending, and says that nothing was sent."""

import logging
from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import console
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)


def is_server(backend: str) -> bool:
    """Whether the backend of this name sends mails to people: none of those below does."""
    return backend.rpartition(".")[0] != __name__


def reaches_nobody(server: Any) -> bool:
    return isinstance(server, (EmailBackend, ConsoleBackend))


class EmailBackend(BaseEmailBackend):
    """In a deployed shop: one line for each mail, and none of its words.

    Mails hold links that open accounts and orders. A log is read by more people than may do that.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            logger.warning("Not sent, for there is no mail server: %s", message.subject)
        return len(email_messages)


class ConsoleBackend(console.EmailBackend):
    """On the machine of whoever develops: its words are printed, and what is enclosed named."""

    def write_message(self, message: EmailMessage) -> None:
        enclosed = [f"Enclosed: {attached[0]}" for attached in message.attachments]
        head = [f"To: {', '.join(message.to)}", f"Subject: {message.subject}", *enclosed]
        self.stream.write("\n".join(["-" * 79, *head, "", message.body.strip(), "-" * 79, ""]))
