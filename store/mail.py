"""Mails about questions that visitors ask about things."""

from django.utils.translation import gettext_lazy as _

from mail.outbox import MailEvent, register
from mail.wordings import Placeholder
from store.letters import pictures_of_items

QUESTION = {
    "title": Placeholder(_("the thing"), "{{ question.item.translated.title }}"),
    "name": Placeholder(_("who asks"), "{{ question.name }}"),
    "question": Placeholder(_("what was asked"), "{{ question.text }}"),
}
ABOUT = "{{ question.item.translated.title }}"
ITEM = "{{ site }}{{ question.item.get_absolute_url }}"
ANSWER = '{{ site }}{% url "admin:store_question_change" question.pk %}'
PICTURES = pictures_of_items(lambda context: [context["question"].item])

register(
    MailEvent(
        "store.question_shop",
        when=_("Somebody asks about a thing"),
        to=_("the shop’s address"),
        seen_with="store.view_question",
        placeholders={
            **QUESTION,
            "email": Placeholder(_("the asker’s address"), "{{ question.email }}"),
            "admin_link": Placeholder(_("where staff answer it"), ANSWER),
        },
        about=ABOUT,
        button=ANSWER,
        pictures=PICTURES,
    ),
    MailEvent(
        "store.answer",
        when=_("Staff have answered a question about a thing"),
        to=_("who asked"),
        seen_with="store.view_question",
        placeholders={
            **QUESTION,
            "answer": Placeholder(_("what staff have answered"), "{{ question.answer }}"),
            "item_link": Placeholder(_("where the thing is"), ITEM),
        },
        about=ABOUT,
        needed=["answer"],
        by_hand=True,
        button=ITEM,
        pictures=PICTURES,
    ),
)
