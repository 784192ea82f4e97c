"""Mails about sending a thing on request."""

from django.utils.translation import gettext_lazy as _

from mail.outbox import MailEvent, register
from mail.wordings import Placeholder
from store.letters import pictures_of_items

WHO_ASKS = _("who asked")
ASKED = {
    "title": Placeholder(_("the thing"), "{{ asked.item.translated.title }}"),
    "country": Placeholder(_("the country"), "{{ asked.country_name }}"),
    "link": Placeholder(_("where it is read"), "{{ site }}{{ asked.get_absolute_url }}"),
}
ANSWER = {"answer": Placeholder(_("what staff have answered"), "{{ asked.answer }}")}
ADMIN = '{{ site }}{% url "admin:bag_shippingrequest_change" asked.pk %}'
ABOUT = "{{ asked.item.translated.title }}"
PICTURES = pictures_of_items(lambda context: [context["asked"].item])

register(
    MailEvent(
        "bag.shipping_shop",
        when=_("Somebody asks what sending a thing costs"),
        to=_("the shop’s address"),
        seen_with="bag.view_shippingrequest",
        placeholders={
            "title": ASKED["title"],
            "country": ASKED["country"],
            "place": Placeholder(_("the town"), "{{ asked.place }}"),
            "email": Placeholder(_("the asker’s address"), "{{ asked.email }}"),
            "note": Placeholder(_("what was said with it"), "{{ asked.note }}"),
            "admin_link": Placeholder(_("where staff answer it"), ADMIN),
        },
        about=ABOUT,
        button=ADMIN,
        pictures=PICTURES,
    ),
    MailEvent(
        "bag.shipping_offer",
        when=_("Staff have said what sending a thing costs, and reserved it"),
        to=WHO_ASKS,
        seen_with="bag.view_shippingrequest",
        placeholders={
            **ASKED,
            "answer": Placeholder(
                _("what staff have answered"),
                '{{ asked.answer }}{% include "bag/mail/_export.txt" %}',
            ),
            "price": Placeholder(_("price of shipping"), "{% load money %}{{ asked.price|money }}"),
            "time": Placeholder(
                _("until when it is held"), "{% load clock_time %}{{ asked.until|clock_time }}"
            ),
        },
        about=ABOUT,
        needed=["price", "time", "link"],
        pictures=PICTURES,
    ),
    MailEvent(
        "bag.shipping_declined",
        when=_("Staff do not send a thing to where somebody asked for"),
        to=WHO_ASKS,
        seen_with="bag.view_shippingrequest",
        placeholders={**ASKED, **ANSWER},
        about=ABOUT,
        needed=["answer"],
        by_hand=True,
        pictures=PICTURES,
    ),
)
