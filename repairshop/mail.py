"""The mail by which a shop tries whether mails arrive, and the one about what went wrong."""

from django.utils.translation import gettext_lazy as _

from mail.outbox import MailEvent, register
from mail.wordings import Placeholder

register(
    MailEvent(
        "repairshop.faults",
        when=_("The program has failed somewhere; once a day at most"),
        to=_("who runs the program, or else the shop’s address"),
        seen_with="repairshop.view_fault",
        placeholders={
            "faults": Placeholder(
                _("what failed where, how often and when"),
                '{% include "repairshop/mail/_faults.txt" %}',
            )
        },
        needed=["faults"],
    ),
    MailEvent(
        "repairshop.test",
        when=_("A manager tries whether mails arrive"),
        to=_("that manager"),
        seen_with="repairshop.view_heartbeat",
        placeholders={},
    ),
)
