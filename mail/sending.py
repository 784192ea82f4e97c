"""The sender: brings what is in the outbox to the mail server. A job of the timer."""

import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from mail.models import LEASE, Mail
from mail.outbox import PRODUCERS, new_message_id
from mail.unsent import is_server, reaches_nobody
from outside.last_calls import note
from outside.rounds import in_time
from typed.emails import deliverable

logger = logging.getLogger(__name__)

SERVICE = "SMTP"
# However much there is to send, the timer has other jobs.
SECONDS_A_ROUND = 10
MAILS_A_ROUND = 500
# Of those that strangers have set off: what is written meanwhile does not wait for all of them.
YIELDING_A_ROUND = 50
# After each try that fails; the last one is repeated.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 40, 60, 120, 240, 360)]
# While the server cannot be reached at all, which is no mail's fault.
PAUSE_OF_SERVER = timedelta(minutes=1)
# Of the codes of RFC 5321.
GOING_AWAY = 421
REFUSED = 500


def has_server() -> bool:
    """Whether what is sent goes anywhere: without a server, it is only logged or printed."""
    return is_server(settings.EMAIL_BACKEND)


class ServerLost(Exception):
    """The connection is gone: the other mails need a new one."""


def send_mails() -> int:
    """Send what is due over one connection, each mail by one process; return how many.

    A mail is claimed by one UPDATE before it is sent, outside of any transaction. Who is
    killed here leaves it to be sent once more when the claim has run out, under the same
    Message-ID.
    """
    give_up()
    if not (due := due_now()):
        return 0
    server = get_connection()
    try:
        server.open()
    except (SMTPException, OSError) as failure:
        postpone(failure)
        return 0
    try:
        return send_all(due, server)
    finally:
        with suppress(SMTPException, OSError):
            server.close()


def due_now() -> list[int]:
    """Which mails this round sends, in their order; last those that strangers have set off."""
    due = Mail.objects.due().order_by("next_try_at", "pk").values_list("pk", flat=True)
    first = due.filter(yields=False)[:MAILS_A_ROUND]
    return [*first, *due.filter(yields=True)[:YIELDING_A_ROUND]]


def send_all(due: list[int], server: BaseEmailBackend) -> int:
    """Send mails until the time is up or the server is lost; return how many went out."""
    sent = 0
    for pk in in_time(due, SECONDS_A_ROUND):
        if mail := claim(pk):
            try:
                sent += send(mail, server)
            except ServerLost:
                break
    return sent


def claim(pk: int) -> Mail | None:
    """Take a mail for a while; None when it is somebody else's, or no longer due."""
    mine = Mail.objects.due().filter(pk=pk)
    if mine.update(claimed_until=Now() + LEASE, tries=F("tries") + 1):
        return Mail.objects.get(pk=pk)
    return None


def send(mail: Mail, server: BaseEmailBackend) -> bool:
    """Send a claimed mail and write down what became of it. Raises ServerLost."""
    try:
        message = message_of(mail)
    # Whatever it is, such as an invoice that cannot be drawn, the other mails must go.
    except Exception as failure:
        record_failure(mail, failure)
        return False
    try:
        if not server.send_messages([message]):
            raise ValueError(_("It has no address."))
    except Exception as failure:
        record_failure(mail, failure)
        if is_lost(failure):
            note(SERVICE, failure)
            raise ServerLost from failure
        return False
    note(SERVICE)
    record_success(mail, Mail.State.UNSENT if reaches_nobody(server) else Mail.State.SENT)
    return True


def message_of(mail: Mail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        to=[deliverable(mail.to)],
        reply_to=[deliverable(mail.reply_to)] if mail.reply_to else None,
        headers={"Message-ID": mail.message_id, **mail.headers},
    )
    # An empty one would be shown instead of the text.
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for attached in [*filter(None, [mail.attachment]), *mail.enclosures.split()]:
        producer, _colon, pk = attached.partition(":")
        message.attach(*PRODUCERS[producer](pk))
    return message


def record_success(mail: Mail, state: Mail.State = Mail.State.SENT) -> None:
    """The server has it; or there is none, and nobody shall read that it was sent."""
    sent_at = Now() if state == Mail.State.SENT else None
    done: dict[str, Any] = {"state": state, "sent_at": sent_at, "claimed_until": None}
    Mail.objects.filter(pk=mail.pk).update(**done, last_error="", **wiped(mail))


def record_failure(mail: Mail, failure: Exception) -> None:
    """Try again after a pause, or never. Whose claim has run out meanwhile has no say."""
    logger.warning("Mail %d (%s) could not be sent", mail.pk, mail.event, exc_info=failure)
    mine = Mail.objects.queued().filter(pk=mail.pk, tries=mail.tries)
    if is_final(failure):
        mine.update(**failed(in_words(failure)), **wiped(mail))
        return
    pause = PAUSES[min(mail.tries, len(PAUSES)) - 1]
    mine.update(claimed_until=None, next_try_at=Now() + pause, last_error=in_words(failure))


def give_up() -> None:
    """Let go of what has been tried in vain for days, or would come too late."""
    for mail in Mail.objects.too_late():
        too_late = Mail.objects.too_late().filter(pk=mail.pk)
        words = mail.last_error or _("Its time had passed before it could be sent.")
        too_late.update(**failed(words), **wiped(mail))


def postpone(failure: Exception) -> None:
    """Say on all mails that are due that the server cannot be reached, and wait a little."""
    logger.warning("The mail server cannot be reached", exc_info=failure)
    note(SERVICE, failure)
    Mail.objects.due().update(next_try_at=Now() + PAUSE_OF_SERVER, last_error=in_words(failure))


def failed(words: str) -> dict[str, Any]:
    return {"state": Mail.State.FAILED, "claimed_until": None, "last_error": words}


def wiped(mail: Mail) -> dict[str, str]:
    """What gives rights to whoever has it is not kept once it is of no more use."""
    return {"text": "", "html": ""} if mail.sensitive else {}


def is_final(failure: Exception) -> bool:
    """Whether the mail will never be taken: the server says so, or it cannot be written."""
    if isinstance(failure, SMTPRecipientsRefused):
        return all(code >= REFUSED for code, _said in failure.recipients.values())
    if isinstance(failure, SMTPDataError):
        return failure.smtp_code >= REFUSED
    # Such as an address that looks like one and cannot be written into a mail.
    return isinstance(failure, (ValueError, SMTPNotSupportedError))


def is_lost(failure: Exception) -> bool:
    """Whether the server has gone away. smtplib's own errors are OSErrors as well."""
    if isinstance(failure, SMTPRecipientsRefused):
        return any(code == GOING_AWAY for code, _said in failure.recipients.values())
    if isinstance(failure, SMTPResponseException):
        return failure.smtp_code == GOING_AWAY
    if isinstance(failure, SMTPException):
        return isinstance(failure, SMTPServerDisconnected)
    return isinstance(failure, OSError)


def in_words(failure: Exception) -> str:
    said = " ".join(str(failure).split())
    return f"{type(failure).__name__}: {said}"[:500]


def send_again(*, mail_id: int) -> bool:
    """Have a mail sent at once, as if it were new; False when nothing is left of it.

    One that was tried to the end gets a new Message-ID: under the old one, a mail program may
    hide it.
    """
    mails = Mail.objects.filter(pk=mail_id).exclude(text="")
    at_once: dict[str, Any] = {"next_try_at": Now(), "queued_at": Now(), "useful_until": None}
    if mails.queued().update(**at_once):
        return True
    anew = {"tries": 0, "sent_at": None, "last_error": "", "message_id": new_message_id()}
    return bool(mails.update(state=Mail.State.QUEUED, **at_once, **anew))


def readdress(
    *, about: Collection[str], old: str, new: str, rewrite: Callable[[str], str]
) -> list[Mail]:
    """Let mails that have not arrived go to another address, failed ones again; return them.

    `about` is what they say they are about, and `rewrite` what becomes of their texts. One that is
    being sent right now goes where it goes.
    """
    mails = Mail.objects.filter(to__iexact=old, about__in=about).exclude(text="")
    idle = Q(claimed_until=None) | Q(claimed_until__lte=Now())
    moved = []
    for mail in [*mails.queued().filter(idle), *mails.failed()]:
        texts = {"text": rewrite(mail.text), "html": rewrite(mail.html)}
        same = Mail.objects.filter(idle, pk=mail.pk, state=mail.state)
        if same.update(to=new, **texts):
            moved.append(mail)
    for mail in moved:
        if mail.state == Mail.State.FAILED:
            send_again(mail_id=mail.pk)
    return moved
