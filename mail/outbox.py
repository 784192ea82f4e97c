"""The outbox: every mail of the shop is written here, in the transaction of what it tells.

The timer sends it (`mail.sending`), so that no order waits for a mail server, and no mail is
lost to one, nor sent about what was rolled back.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, cast
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from mail.letters import Look, Picture, as_html
from mail.models import SEEN_WITH, Mail, Wording
from mail.wordings import GAP, PLACEHOLDER, Placeholder, Text, Words, words_of_template
from typed.languages import speaking
from typed.names import greeted, told


class Sender(Protocol):
    """What mails say of the shop that writes them."""

    name: str
    phone: str
    email: str

    @property
    def address_lines(self) -> list[str]: ...

    @property
    def languages(self) -> list[str]:
        """The main one first."""


# What every mail may say.
COMMON = {
    "shop": Placeholder(gettext_lazy("the name of the shop"), "{{ sender.name }}"),
    "signature": Placeholder(
        gettext_lazy("name, phone and address of the shop"),
        '{% include "mail/_signature.txt" %}',
    ),
}


# The placeholder by which mails greet: somebody else may have typed that name.
GREETED = "name"
# How events are called that the shop's own people hear of.
FOR_STAFF = ("_shop", "_workshop")
SIGNATURE = "signature"
# Reads the pictures that a mail shows out of what was given to `enqueue_mail`.
Pictures = Callable[[Mapping[str, Any]], Sequence[Picture]]


class MailEvent:
    """An occasion on which the shop writes, declared in an app's `mail.py`.

    `name` is "<app>.<event>" and leads to `templates/<app>/mail/<event>.txt`, the first line of
    which is the subject. The template holds words and placeholders only, so that staff can
    edit it; what a placeholder stands for is a template, and may do as it likes.

    `button` is a template, too: of the address where its reader does what comes next. By itself
    it is what the placeholder "link" stands for. `pictures` are of the things that it is about.
    """

    def __init__(
        self,
        name: str,
        *,
        when: Text,
        to: Text,
        seen_with: str,
        placeholders: Mapping[str, Placeholder],
        about: str = "",
        needed: Collection[str] = (),
        sensitive: bool = False,
        yields: bool = False,
        by_hand: bool = False,
        button: str | None = None,
        pictures: Pictures = lambda context: (),
    ) -> None:
        self.name, self.when, self.to = name, when, to
        # The right to see what it is about: who has it finds the mail in the admin.
        self.seen_with = seen_with
        self.placeholders = {**COMMON, **placeholders}
        # A template that says in the admin's list what the mail is about.
        self.about = Placeholder("", about)
        # Placeholders without which the mail makes no sense.
        self.needed = needed
        self.sensitive = sensitive
        # Whether a stranger names whom it goes to: it waits for all other mails.
        self.yields = yields
        # Whether somebody of the shop has written it: an answer of a machine may come back.
        self.by_hand = by_hand
        link = placeholders.get("link", Placeholder("", ""))
        self.button = link if button is None else Placeholder("", button)
        self.pictures = pictures
        self.app, self.event = name.split(".")

    @property
    def template(self) -> str:
        return f"{self.app}/mail/{self.event}.txt"

    @property
    def original(self) -> Words:
        return words_of_template(self.template, self.placeholders)

    @property
    def words(self) -> Words:
        """Staff's wording in the active language, or else the original."""
        key = self.key_in(str(get_language()))
        if edited := Wording.objects.filter(pk=key).first():
            return self.completed(Words(edited.subject, edited.text))
        return self.original

    def key_in(self, language: str) -> str:
        """Of staff's wording: the name alone in the main language, else such as `de:store.answer`.

        Releases before know the main language only, and look for names.
        """
        return self.name if language == settings.LANGUAGE_CODE else f"{language}:{self.name}"

    def in_language(self, language: str, *, edited: bool = True) -> Words:
        """What staff put into other words, whatever they speak themselves; or the original."""
        with override(language):
            return self.words if edited else self.original

    def in_main_language(self, *, edited: bool = True) -> Words:
        return self.in_language(settings.LANGUAGE_CODE, edited=edited)

    def completed(self, words: Words) -> Words:
        """With what is needed by now and was not when somebody wrote this, above the signature."""
        missing = [f"{{{{ {name} }}}}" for name in self.needed if name not in words.names]
        if not missing:
            return words
        parts = GAP.split(words.text.strip())
        end = -1 if parts[-1].strip("{} ") == SIGNATURE else len(parts)
        return words._replace(text="\n\n".join([*parts[:end], *missing, *parts[end:]]))

    def render(self, context: Mapping[str, Any]) -> Words:
        return self.fill_in(self.words, context)

    def fill_in(self, words: Words, context: Mapping[str, Any]) -> Words:
        # A placeholder that a later version of the shop no longer knows says nothing.
        known = {name: self.placeholders[name] for name in words.names & {*self.placeholders}}
        values = dict.fromkeys(words.names, "")
        values |= {name: known[name].value(context) for name in known}
        if GREETED in known:
            is_for_staff = self.name.endswith(FOR_STAFF)
            values[GREETED] = (told if is_for_staff else greeted)(values[GREETED])
        return words.filled_in(values)

    def reword(self, words: Words, *, by: AbstractBaseUser, language: str = "") -> None:
        """Put the mail into other words, or back into the original ones.

        Without a `language`, in the main one.
        """
        language = language or settings.LANGUAGE_CODE
        key = self.key_in(language)
        if words == self.in_language(language, edited=False):
            Wording.objects.filter(pk=key).delete()
            return
        said = {"subject": words.subject, "text": words.text, "changed_by": by}
        Wording.objects.update_or_create(pk=key, defaults=said)

    def problem_with(self, text: str, *, whole: bool) -> str:
        """Why these words cannot be used, in one sentence; the needed ones stand in a `whole`."""
        named = Words("", text).names
        if unknown := sorted(named - {*self.placeholders}):
            return _("There is no {{ %s }} in this mail.") % unknown[0]
        if "{%" in text or "{{" in PLACEHOLDER.sub("", text):
            return _("Braces are for placeholders only, such as {{ shop }}.")
        if whole and (missing := sorted({*self.needed} - named)):
            return _("This mail makes no sense without {{ %s }}.") % missing[0]
        return ""


EVENTS: dict[str, MailEvent] = {}


def register(*events: MailEvent) -> None:
    """Make events known. Each app's `mail.py` is imported when the shop starts."""
    for event in events:
        EVENTS[event.name] = event
        SEEN_WITH[event.name] = event.seen_with


# On what no person has written: programs that answer for who is away do not answer to it.
# RFC 3834, section 5.
AUTOMATIC = {"Auto-Submitted": "auto-generated"}
# Reads who writes, under "shop": an app above this one knows.
SENDERS: dict[str, Callable[[], Sender]] = {}
# What a mail's `attachment` and `enclosures`, such as "invoice:45", are made by: an app above this
# one puts a function here that is given what stands behind the colon, and returns file name, bytes
# and content type. It is called when the mail is sent, outside of any transaction.
PRODUCERS: dict[str, Callable[[str], tuple[str, bytes, str]]] = {}


def enqueue_mail(
    event: str,
    *,
    to: str,
    context: Mapping[str, Any],
    language: str = "",
    reply_to: str = "",
    headers: Mapping[str, str] | None = None,
    attachment: str = "",
    enclosures: Sequence[str] = (),
    site: str = "",
    useful_until: datetime | None = None,
    yields: bool = False,
) -> Mail:
    """Write a mail into the outbox, in the caller's transaction.

    `event` is the name of a registered event, such as "invoices.placed". `language` is its
    reader's, the main one when nothing is known: texts in `context` are in it already. `site` is
    where links lead, such as "https://example.com"; placeholders know it by this name. After
    `useful_until` the mail is not sent any more. One that `yields` waits for all others, as those
    of some events do.
    """
    mail = compose(event, to=to, context=context, language=language, site=site)
    mail.reply_to = reply_to
    mail.headers = {**({} if EVENTS[event].by_hand else AUTOMATIC), **(headers or {})}
    mail.attachment = attachment
    mail.enclosures = " ".join(enclosures)
    mail.message_id = new_message_id(site)
    mail.useful_until = useful_until
    mail.yields |= yields
    mail.save(force_insert=True)
    return mail


def compose(
    event: str, *, to: str, context: Mapping[str, Any], language: str = "", site: str = ""
) -> Mail:
    """A mail as it would go, not written down: staff see it before they send it."""
    with speaking(language):
        return composed(EVENTS[event], to, context, site)


def composed(occasion: MailEvent, to: str, context: Mapping[str, Any], site: str) -> Mail:
    """In the active language."""
    context = {**context, "site": site, "sender": sender()}
    words = occasion.render(context)
    look = Look(
        sender=context["sender"],
        site=site,
        button=occasion.button.value(context),
        pictures=occasion.pictures(context),
        signature=COMMON[SIGNATURE].value(context),
    )
    return Mail(
        event=occasion.name,
        about=occasion.about.value(context)[:200],
        to=to,
        subject=words.subject,
        text=words.text,
        html=as_html(words, look),
        sensitive=occasion.sensitive,
        yields=occasion.yields,
    )


def sender() -> Sender:
    """Who writes, read when a mail first says so, and once for each mail."""
    return cast(Sender, SimpleLazyObject(SENDERS["shop"]))


def new_message_id(site: str = "") -> str:
    host = urlsplit(site).hostname or settings.DEFAULT_FROM_EMAIL.split("@")[-1].rstrip(">")
    return f"<{uuid4().hex}@{host}>"
