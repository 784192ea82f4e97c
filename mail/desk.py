"""Mails that do not arrive, for the front desk."""

from django.utils.translation import ngettext_lazy

from desk.rows import Row, Urgency
from mail.models import Mail

MAILS = "mail_mail_changelist"
SENDING = ("mail.change_mail",)

ROWS = [
    Row(
        name="mails-failed",
        label=ngettext_lazy("mail could not be sent", "mails could not be sent"),
        rows=lambda user: Mail.objects.for_staff(user).failed(),
        page=MAILS,
        query="?state__exact=failed",
        permissions=SENDING,
        urgency=Urgency.PROMISE_BROKEN,
        since="created_at",
        is_personal=True,
    ),
    Row(
        name="mails-waiting",
        label=ngettext_lazy("mail waits to be tried again", "mails wait to be tried again"),
        rows=lambda user: Mail.objects.for_staff(user).in_vain(),
        page=MAILS,
        query="?tried=in_vain",
        permissions=SENDING,
        urgency=Urgency.SOMEBODY_WAITS,
        since="created_at",
        is_personal=True,
    ),
]
