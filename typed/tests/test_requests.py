from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.views.decorators.csrf import csrf_exempt

from typed.requests import TidyMiddleware

ODD, MEANT = "Rhea\u200b", "Rhea"


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def seen(request: HttpRequest) -> tuple[Any, Any]:
    """What a view finds in GET and POST."""
    middleware = TidyMiddleware(view)
    middleware(request)
    middleware.process_view(request, view)
    return request.GET, request.POST


def test_every_field_is_read_as_it_was_meant() -> None:
    request = RequestFactory().post(f"/?q={ODD}", {"name": [ODD, "b"], "note": "a\r\nb"})

    get, post = seen(request)

    assert get["q"] == MEANT
    assert post.getlist("name") == [MEANT, "b"]
    assert post["note"] == "a\nb"


@pytest.mark.parametrize("name", ["password", "old_password", "new_password1", "form-0-password"])
def test_passwords_stay_as_they_are(name: str) -> None:
    assert seen(RequestFactory().post("/", {name: ODD, "name": ODD}))[1][name] == ODD


def test_what_is_no_form_is_not_read() -> None:
    request = RequestFactory().post("/", b"{}", content_type="application/json")

    seen(request)

    assert request.read() == b"{}"


def test_what_was_sent_can_be_changed_no_more_than_before() -> None:
    get, post = seen(RequestFactory().post(f"/?q={ODD}", {"name": ODD}))

    for data in (get, post):
        with pytest.raises(AttributeError, match="immutable"):
            data["name"] = "other"


def test_what_a_view_takes_from_anybody_is_left_to_it_to_read() -> None:
    request = RequestFactory().post("/", {"name": "b"})

    TidyMiddleware(view).process_view(request, csrf_exempt(view))

    assert b"name" in request.body


@pytest.mark.django_db
def test_a_form_at_the_webhook_is_no_event(client: Client) -> None:
    assert client.post("/stripe/webhook/", {"name": ODD}).status_code == 400
