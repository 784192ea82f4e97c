"""The mail about something that is like what somebody missed."""

from django.utils.translation import gettext_lazy as _

from mail.outbox import MailEvent, register
from mail.wordings import Placeholder
from store.letters import pictures_of_items

register(
    MailEvent(
        "bag.wish",
        when=_("Something has come in that is like a thing which was gone"),
        to=_("who wished to be told"),
        seen_with="bag.view_hold",
        placeholders={
            "title": Placeholder(_("the thing that was gone"), "{{ wish.item.translated.title }}"),
            "news": Placeholder(
                _("what has come in, and where it is"), '{% include "bag/mail/_news.txt" %}'
            ),
            "stop": Placeholder(_("where to have no more such mails"), "{{ stop }}"),
        },
        about="{{ wish.item.translated.title }}",
        needed=["news", "stop"],
        pictures=pictures_of_items(lambda context: context["news"]),
    )
)
