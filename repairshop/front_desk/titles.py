"""What stands above Django's lists and forms, in the words of the work, and where they lead."""

from http.client import FOUND
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from repairshop.front_desk.lists import ADDING, GROUPS, MACHINERY

LISTS = [*(lists for _name, lists in GROUPS), MACHINERY]
WORDS = {label: word for lists in LISTS for label, word in lists.items() if word}


def retitle(answer: Any) -> Any:
    """Name a list by what is in it, and a form by what it is about, where Django says what to do.

    Pages that say something of their own keep it.
    """
    context = getattr(answer, "context_data", None)
    if not isinstance(answer, TemplateResponse) or not context or "opts" not in context:
        return answer
    if "cl" in context and context.get("title") == context["cl"].title:
        context["title"] = list_name(context["opts"])
    elif context.get("add") and context.get("title") == django_adding(context["opts"]):
        context["title"] = adding(context["opts"])
    elif context.get("title") == _("Delete multiple objects"):
        context["title"] = _("Delete what you have chosen")
    elif context.get("original") is not None and context.get("title") in of_forms(context["opts"]):
        context["title"], context["subtitle"] = str(context["original"]), None
    return answer


def list_name(opts: Any) -> str:
    return str(WORDS.get(opts.label_lower) or capfirst(opts.verbose_name_plural))


def adding(opts: Any) -> str:
    """What the button says that leads to an empty form, and what the form says."""
    return str(ADDING.get(opts.label_lower) or django_adding(opts))


def django_adding(opts: Any) -> str:
    return str(_("Add %s") % opts.verbose_name)


def of_forms(opts: Any) -> set[str]:
    """As Django titles them."""
    return {text % opts.verbose_name for text in (_("Change %s"), _("View %s"))}


def back_to_desk(request: HttpRequest, answer: Any) -> Any:
    """Lead whoever has come to a form from the front desk there again, not to the list."""
    match = request.resolver_match
    if request.method == "POST" and request.GET.get("then") == "desk" and match:
        lists = str(match.url_name).removesuffix("_add") + "_changelist"
        if answer.status_code == FOUND and leads_to(answer["Location"], lists):
            return redirect("admin:index")
    return answer


def leads_to(address: str, name: str) -> bool:
    try:
        return urlsplit(address).path == reverse(f"admin:{name}")
    except NoReverseMatch:
        return False
