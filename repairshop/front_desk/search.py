"""Search across everything: each list of the admin as its own search field searches it."""

from typing import Any, NamedTuple

from django.contrib.admin import AdminSite
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

import accounts.desk
import invoices.desk
import repairs_restorals.desk
import store.desk
from desk.finds import Find
from desk.lists import keys_of
from typed.references import number_in

FINDS = [
    *invoices.desk.FINDS,
    *repairs_restorals.desk.FINDS,
    *store.desk.FINDS,
    *accounts.desk.FINDS,
]
MOST_HITS = 8
LONGEST_TERM = 200


class Hit(NamedTuple):
    title: str
    address: str
    state: str
    note: str


class Group(NamedTuple):
    """What was found of one kind; with more than is shown, where all of it is."""

    label: str
    hits: list[Hit]
    rest: str


def search(site: AdminSite, request: HttpRequest) -> TemplateResponse:
    term = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_TERM]
    asked = [group_of(site, request, find, term) for find in FINDS] if term else []
    context = {
        **site.each_context(request),
        "title": _("Search"),
        "term": term,
        "groups": [group for group in asked if group and group.hits],
        "is_nav_sidebar_enabled": False,
    }
    return TemplateResponse(request, "admin/desk/search.html", context)


def group_of(site: AdminSite, request: HttpRequest, find: Find, term: str) -> Group | None:
    """None for what this person may not look at."""
    page = site.get_model_admin(find.model)
    if not page.has_view_permission(request):
        return None
    found, _doubles = page.get_search_results(request, page.get_queryset(request), term)
    name = f"admin:{find.model._meta.app_label}_{find.model._meta.model_name}"
    rows = list(first_of(found, find.fetch(find.model._default_manager.all()), term))
    shown = [
        Hit(
            title=str(find.title(row)),
            address=reverse(find.page or f"{name}_change", args=[row.pk]),
            state=str(find.state(row)),
            note=str(find.note(row)),
        )
        for row in rows[:MOST_HITS]
    ]
    query = urlencode({"q": term})
    has_more = len(rows) > MOST_HITS
    return Group(
        str(find.label), shown, f"{reverse(f'{name}_changelist')}?{query}" if has_more else ""
    )


def first_of(found: QuerySet[Any], rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """The one whose number was typed, then the newest; one more than is shown.

    They are chosen by their keys: what is said of each is asked for these alone.
    """
    typed = Case(When(pk=number_in(term) or 0, then=Value(0)), default=Value(1))
    all_found = rows.model._default_manager.filter(pk__in=found.order_by().values("pk"))
    chosen = keys_of(all_found.order_by(typed, "-pk")[: MOST_HITS + 1])
    return rows.filter(pk__in=chosen).order_by(typed, "-pk")
