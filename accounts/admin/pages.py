"""What pages of staff in the admin have in common that are no list and no form of a model."""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View

from accounts.addresses import site_of
from accounts.models import User


class StaffView(View):
    """A page about things of a model, for those who have its permissions.

    `admin_view` has sent others to the log-in. `template` is the name of a file without its
    ending, in the model's folder of the admin's templates.
    """

    permissions: ClassVar[list[str]] = []
    model: type[Model]
    # Under which name the context has the one thing that a page is about, if it is about one.
    about = ""
    template = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perms(self.permissions):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    @property
    def site(self) -> str:
        return site_of(self.request)

    def page(self, title: Any, **context: Any) -> HttpResponse:
        opts = self.model._meta
        whole = {
            **admin.site.each_context(self.request),
            "opts": opts,
            "title": title,
            "thing": context.get(self.about),
            **context,
        }
        folder = f"admin/{opts.app_label}/{opts.model_name}"
        return render(self.request, f"{folder}/{self.template}.html", whole)
