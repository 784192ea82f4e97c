"""Mails to those in line: that it is their turn, or that there is nothing to wait for."""

import logging
from smtplib import SMTPException, SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.core.mail import EmailMessage
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import salted_hmac

from bag.models import PlaceInLine
from store.models import Piece, ShopProfile

logger = logging.getLogger(__name__)

# A mail server that hangs must not keep the timer from its other jobs.
FAILURES = 3


def tell_those_in_line() -> int:
    """Mail those whose turn it is or whose line has ended, each once; return how many.

    What cannot be sent is tried again in the next round. Turns first, for they end; else in
    random order, so that what always fails does not stand before what would not.
    """
    told = failed = 0
    untold = PlaceInLine.objects.untold().with_standing().order_by("state", "?")
    for place in untold.select_related("item", "piece", "customer"):
        sent = tell(place)
        told += sent is True
        failed += sent is False
        if failed == FAILURES:
            break
    return told


def tell(place: PlaceInLine) -> bool | None:
    """Send a place's mail: True when it is sent, False when it may be tried again.

    None when others send it, when nobody ever can, or when it is not wanted.

    That it is being sent is written down first, outside of any transaction: another process
    that comes by meanwhile passes over it. Who is killed here leaves it to be sent once more
    after a while, under the same Message-ID.
    """
    mail = mail_about(place)
    mine = PlaceInLine.objects.filter(pk=place.pk)
    if not mine.untold().update(sending_at=Now()):
        return None
    sent = send(mail, place) if place.is_mailed else None
    mine.update(sending_at=None, told_at=None if sent is False else Now())
    return sent


def send(mail: EmailMessage, place: PlaceInLine) -> bool | None:
    try:
        mail.send()
    except (SMTPException, OSError) as failure:
        logger.exception("Mail about place %d in line could not be sent", place.pk)
        return None if is_final(failure) else False
    except ValueError:
        # Such as an address that looks like one and cannot be written into a mail.
        logger.exception("Mail about place %d in line cannot be sent", place.pk)
        return None
    return True


def message_id(place: PlaceInLine) -> str:
    """The same for each try at the same mail, so that mail programs show it once."""
    news = salted_hmac("bag.mail", f"{place.pk} {place.standing}", algorithm="sha256")
    return f"<{news.hexdigest()[:32]}@{urlsplit(place.site).hostname}>"


def is_final(failure: Exception) -> bool:
    """Whether the server said that it will never take a mail to this address."""
    if not isinstance(failure, SMTPRecipientsRefused):
        return False
    return all(code >= 500 for code, _ in failure.recipients.values())


def mail_about(place: PlaceInLine) -> EmailMessage:
    """Render the mail's template, whose first line is the subject."""
    shop = ShopProfile.get_solo()
    turn = place.standing == PlaceInLine.State.OFFERED
    stop = place.site + reverse("bag:unsubscribe", args=[place.stop])
    sold = Piece.objects.filter(item=place.item, sold_at__isnull=False).exists()
    context = {"place": place, "shop": shop, "sold": sold, "stop": stop}
    text = render_to_string(f"bag/mail/{'turn' if turn else 'ended'}.txt", context)
    subject, body = text.split("\n", 1)
    return EmailMessage(
        subject.strip(),
        body.strip() + "\n",
        to=[place.address],
        reply_to=[shop.email] if shop.email else None,
        headers={
            "Message-ID": message_id(place),
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
