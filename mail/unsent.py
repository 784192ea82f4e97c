import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)


class EmailBackend(BaseEmailBackend):
    """Where a deployed shop has no mail server: one line for each mail, and none of its words.

    Mails hold links that open accounts and orders. A log is read by more people than may do that.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            logger.warning("Not sent, for there is no mail server: %s", message.subject)
        return len(email_messages)
