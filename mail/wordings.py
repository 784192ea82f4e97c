"""How a mail's words come together: a wording with placeholders, which staff may edit."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.template import Context, Template
from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.safestring import mark_safe

Text = str | Promise
# Told by its ends alone: one that looked for blanks, too, would take hours for many of them.
PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")
GAP = re.compile(r"\n\s*\n")


class Placeholder(NamedTuple):
    """What may stand in a wording: how staff read what it means, and a template of our own.

    The template is rendered as plain text with the context that was given to `enqueue_mail`.
    """

    meaning: Text
    source: str

    def value(self, context: Mapping[str, Any]) -> str:
        rendered = Template(self.source).render(Context(context, autoescape=False))
        return rendered.strip("\n")


class Words(NamedTuple):
    """Subject and text with their placeholders not yet filled in."""

    subject: str
    text: str

    @property
    def names(self) -> set[str]:
        return {match[1].strip() for match in PLACEHOLDER.finditer(f"{self.subject}\n{self.text}")}

    def filled_in(self, values: Mapping[str, str]) -> "Words":
        """Put each placeholder's value in its place, once: what stands in a value is no more.

        That is all there is to a wording. Staff can name what is offered to them, but no
        attribute, filter or tag.
        """
        # No line break gets into the subject, whatever somebody has typed into a title.
        subject = " ".join(fill_in(self.subject, values).split())
        text = GAP.sub("\n\n", fill_in(self.text, values)).strip() + "\n"
        return Words(subject, text)


def fill_in(text: str, values: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda match: values[match[1].strip()], text)


def words_of_template(name: str, placeholders: Iterable[str]) -> Words:
    """Read a template, the first line of which is the subject, with its placeholders as such."""
    unfilled = {each: mark_safe(f"{{{{ {each} }}}}") for each in placeholders}  # noqa: S308
    subject, text = get_template(name).render(unfilled).strip().split("\n", 1)
    return Words(subject.strip(), text.strip())
