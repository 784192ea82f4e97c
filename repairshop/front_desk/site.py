from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin, action
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from accounts.desk import told_apart
from accounts.models import User
from desk.rows import due_for
from invoices.books.takings import takings_for
from mail.sending import has_server
from repairshop.front_desk.lists import grouped
from repairshop.front_desk.merging import with_merging
from repairshop.front_desk.nonsense import no_nonsense
from repairshop.front_desk.rows import ROWS
from repairshop.front_desk.search import search
from repairshop.front_desk.set_up_views import done, send_test_mail
from repairshop.front_desk.setting_up import MAY_SET_UP, steps_for
from repairshop.front_desk.titles import back_to_desk, retitle
from repairshop.health import check_health


@action(permissions=["delete"], description=_("Delete…"))
def delete_chosen(page: Any, request: HttpRequest, chosen: QuerySet[Any]) -> Any:
    """Django's own, which names what is in the list: not every name fits in there."""
    return delete_selected(page, request, chosen)


class Choices(AutocompleteJsonView):
    """What a field offers while somebody types into it; people of one name are told apart."""

    def get_queryset(self) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset()
        return found.select_related("customer") if found.model is User else found

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        # Which the stubs of Django do not know.
        result: dict[str, str] = super().serialize_result(obj, to_field_name)  # type: ignore[misc]
        return {**result, "text": told_apart(obj)} if isinstance(obj, User) else result


class DeskSite(AdminSite):
    """Django's admin, whose front page is the desk of the shop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_action(delete_chosen, "delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Whatever is registered, also by others: a form keeps what somebody has changed since."""
        page = with_merging(admin_class or ModelAdmin)
        super().register(model_or_iterable, page, **options)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 (as Django calls it)
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            with no_nonsense(request):
                return back_to_desk(request, retitle(inner(request, *args, **kwargs)))

        return asked

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """In the order of the work, but for the page of one app."""
        if app_label:
            return list(super().get_app_list(request, app_label))
        runs_it = request.user.has_perm(MAY_SET_UP)
        return grouped(self._build_app_dict(request), with_machinery=runs_it)

    def get_urls(self) -> list[Any]:
        return [
            path("set-up/<slug:step>/done/", self.admin_view(done), name="set-up-done"),
            path("test-mail/", self.admin_view(send_test_mail), name="test-mail"),
            path("search/", self.admin_view(partial(search, self)), name="search"),
            *super().get_urls(),
        ]

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return Choices.as_view(admin_site=self)(request)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        user: Any = request.user
        desk = {
            "steps": steps_for(user),
            "mail_goes": has_server(),
            "due": due_for(user, ROWS),
            "takings": takings_for(user),
            "health": check_health(),
            "is_looked_after": settings.MAINTENANCE,
            "runs_the_shop": user.has_perm(MAY_SET_UP),
            # The desk is the way to every list: none stands beside it.
            "is_nav_sidebar_enabled": False,
        }
        return super().index(request, {**desk, **(extra_context or {})})
