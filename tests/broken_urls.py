"""The shop's routes and some that fail in every way, for tests of error pages."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from repairshop.urls import (  # noqa: F401
    handler400,
    handler403,
    handler404,
    handler500,
)
from repairshop.urls import (
    urlpatterns as shop,
)

FAILURES: dict[str, Exception] = {
    "bug": RuntimeError("a bug"),
    "database": OperationalError("no route to the database"),
    "connection": InterfaceError("connection already closed"),
    "permission": PermissionDenied("not yours"),
    "suspicion": SuspiciousOperation("forged"),
}


def fails(request: HttpRequest, how: str) -> HttpResponse:
    raise FAILURES[how]


urlpatterns = [path("fails/<str:how>/", fails), *shop]
