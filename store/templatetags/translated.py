"""Marks what is written in another language than its page."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.filter
def lang(text: Any) -> SafeString | str:
    """The attribute for an element that holds nothing but this text; nothing if there is no need.

    3.1.2 of WCAG: a program that reads it aloud has to know how.
    """
    language = getattr(text, "language", "")
    return "" if language in {"", get_language()} else format_html(' lang="{}"', language)


@register.filter
def marked(text: Any) -> Any:
    """The text in an element of its own if its language is another, for the middle of others."""
    attribute = lang(text)
    return format_html("<span{}>{}</span>", attribute, text) if attribute and text else text
