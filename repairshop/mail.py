"""The mail by which a shop tries whether mails arrive."""

from django.utils.translation import gettext_lazy as _

from mail.outbox import MailEvent, register

register(
    MailEvent(
        "repairshop.test",
        when=_("A manager tries whether mails arrive"),
        to=_("that manager"),
        seen_with="repairshop.view_heartbeat",
        placeholders={},
    )
)
