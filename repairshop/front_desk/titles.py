"""What stands above the lists and forms of the admin, in the words of the work."""

from typing import Any

from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from repairshop.front_desk.lists import GROUPS

WORDS = {label: word for _name, lists in GROUPS for label, word in lists.items() if word}


def retitle(answer: Any) -> Any:
    """Name a list by what is in it, and a form by what it is about, where Django says what to do.

    Pages that say something of their own keep it.
    """
    context = getattr(answer, "context_data", None)
    if not isinstance(answer, TemplateResponse) or not context or "opts" not in context:
        return answer
    if "cl" in context and context.get("title") == context["cl"].title:
        context["title"] = list_name(context["opts"])
    elif context.get("original") is not None and context.get("title") in of_forms(context["opts"]):
        context["title"], context["subtitle"] = str(context["original"]), None
    return answer


def list_name(opts: Any) -> str:
    return str(WORDS.get(opts.label_lower) or capfirst(opts.verbose_name_plural))


def of_forms(opts: Any) -> set[str]:
    """As Django titles them."""
    return {text % opts.verbose_name for text in (_("Change %s"), _("View %s"))}
