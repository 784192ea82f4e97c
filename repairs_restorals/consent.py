"""Consent to show photos of one's thing to everybody, and its end by a mailed link.

Article 7(3) of Regulation (EU) 2016/679: to withdraw consent is as easy as to give it.
"""

from django.db import transaction
from django.db.models.functions import Now
from django.http import Http404
from django.utils import timezone

from accounts.links import dated_link, read_link
from repairs_restorals.mail import notify_customer
from repairs_restorals.models import BeforeAfter
from typed.languages import reverse_in

POWER = "shown"


def nonce_of(pair: BeforeAfter) -> str:
    return f"{pair.recorded_at.timestamp():.3f}"


def consent_link(pair: BeforeAfter) -> str:
    return dated_link(POWER, pair.pk, nonce_of(pair))


def pair_of_link(text: str) -> BeforeAfter:
    """The photos that a link is about. It never ages: neither does what it ends. Raises Http404."""
    link = read_link(text)
    pair = BeforeAfter.objects.select_related("ticket").filter(pk=link.pk).first() if link else None
    if link is None or pair is None or not link.opens(POWER, nonce_of(pair)):
        raise Http404
    return pair


@transaction.atomic
def mail_consent(pair: BeforeAfter, site: str) -> bool:
    """Tell the owner of the thing that it is shown, and how that is ended; False without address.

    Of pairs from before there was this link, staff set it off.
    """
    pair.refresh_from_db()
    if not pair.ticket.customer.email:
        return False
    path = reverse_in(pair.ticket.language, "repairs:consent", consent_link(pair))
    caption = pair.translated_into(pair.ticket.language).caption
    notify_customer(pair.ticket, "shown", site, caption=caption, page=site + path)
    BeforeAfter.objects.filter(pk=pair.pk).update(told_at=Now())
    return True


@transaction.atomic
def take_consent_back(pair: BeforeAfter) -> None:
    """Show the photos no more. Twice is once: the first day stays."""
    rows = BeforeAfter.objects.filter(pk=pair.pk)
    rows.filter(taken_back_at=None).update(taken_back_at=timezone.now())
    rows.update(shown=False)
