"""Mails about questions that visitors ask about things."""

from django.utils.translation import gettext_lazy as _

from mail.outbox import MailEvent, register
from mail.wordings import Placeholder

QUESTION = {
    "title": Placeholder(_("the thing"), "{{ question.item.title }}"),
    "name": Placeholder(_("who asks"), "{{ question.name }}"),
    "question": Placeholder(_("what was asked"), "{{ question.text }}"),
}
ABOUT = "{{ question.item.title }}"

register(
    MailEvent(
        "store.question_shop",
        when=_("Somebody asks about a thing"),
        to=_("the shop’s address"),
        placeholders={
            **QUESTION,
            "email": Placeholder(_("the asker’s address"), "{{ question.email }}"),
            "admin_link": Placeholder(
                _("where staff answer it"),
                '{{ site }}{% url "admin:store_question_change" question.pk %}',
            ),
        },
        about=ABOUT,
    ),
    MailEvent(
        "store.answer",
        when=_("Staff have answered a question about a thing"),
        to=_("who asked"),
        placeholders={
            **QUESTION,
            "answer": Placeholder(_("what staff have answered"), "{{ question.answer }}"),
            "item_link": Placeholder(
                _("where the thing is"), "{{ site }}{{ question.item.get_absolute_url }}"
            ),
        },
        about=ABOUT,
        needed=["answer"],
    ),
)
