"""The list of all mails, the events in the code and the templates are the same, now and later."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from mail.outbox import EVENTS, MailEvent
from mail.wordings import PLACEHOLDER

TEMPLATES = Path(settings.BASE_DIR) / "templates"
LIST = Path(settings.BASE_DIR) / "docs/mails.md"
TAGS = re.compile(r"\{%.*?%\}")
ALL_TAGS = ["{% load i18n %}", "{% blocktranslate %}", "{% endblocktranslate %}"]
SENDS = re.compile(r"import.*smtplib|from (django.core.mail|smtplib)")
events = pytest.mark.parametrize("event", EVENTS.values(), ids=list(EVENTS))


def test_every_mail_is_in_the_list_and_the_list_names_no_other() -> None:
    rows = [line for line in LIST.read_text("utf-8").splitlines() if line.startswith("| `")]

    assert rows == [f"| `{event.name}` | {event.when} | {event.to} |" for event in in_order()]


def in_order() -> list[MailEvent]:
    return sorted(EVENTS.values(), key=lambda event: event.name)


def test_every_template_belongs_to_an_event() -> None:
    files = TEMPLATES.glob("*/mail/[!_]*.txt")
    names = {f"{file.parent.parent.name}.{file.stem}" for file in files}

    assert names == set(EVENTS)


@events
def test_a_template_holds_words_and_known_placeholders_only(event: MailEvent) -> None:
    source = (TEMPLATES / event.template).read_text("utf-8")

    assert TAGS.findall(source) == [
        "{% load i18n %}",
        "{% blocktranslate %}",
        "{% endblocktranslate %}",
    ]
    assert {match[1].strip() for match in PLACEHOLDER.finditer(source)} <= {*event.placeholders}


@events
def test_an_original_can_be_given_to_staff_and_taken_back(event: MailEvent) -> None:
    words = event.original

    assert words.subject
    assert words.text
    assert (
        words.filled_in({name: f"{{{{ {name} }}}}" for name in words.names}).text.strip()
        == words.text
    )


@events
def test_what_placeholders_stand_for_compiles(event: MailEvent) -> None:
    for name, placeholder in event.placeholders.items():
        assert str(placeholder.meaning), name
        for part in re.findall(r'include "(.*?)"', placeholder.source):
            get_template(part)


def test_no_mail_leaves_but_by_the_outbox() -> None:
    # The others are how: a server that never ends an answer is hung up on, and where there is
    # none, a line in the log stands for the mail.
    ways = {"mail/smtp.py", "mail/unsent.py"}
    assert {*map(str, files_that_send())} == {"mail/sending.py", *ways}


def files_that_send() -> Iterator[Path]:
    for file in Path(settings.BASE_DIR).glob("[!.]*/**/*.py"):
        name = file.relative_to(settings.BASE_DIR)
        if not {"tests", "bench"} & {*name.parts} and SENDS.search(file.read_text("utf-8")):
            yield name
