from collections.abc import Callable

import csp.middleware
import pytest
from csp.constants import HEADER
from csp.decorators import csp_exempt, csp_replace, csp_update
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from repairshop.middleware import CSPMiddleware

pytestmark = pytest.mark.django_db


def test_each_answer_names_its_request(client: Client) -> None:
    first, second = client.get("/healthz"), client.get("/healthz")

    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_the_routers_request_id_is_taken_over(client: Client) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": "0f-42"})

    assert answer["X-Request-ID"] == "0f-42"


@pytest.mark.parametrize("sent", ["", "a b", "a" * 65, "<script>"])
def test_a_request_id_that_could_forge_a_log_line_is_not(client: Client, sent: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": sent})

    assert answer["X-Request-ID"] != sent
    assert answer["X-Request-ID"].isalnum()


def test_the_log_names_the_request_of_an_answer_that_no_exception_made(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/healthz", headers={"X-Request-ID": "visitor-7"})

    (record,) = caplog.records
    assert record.getMessage() == "Service Unavailable: /healthz"
    assert vars(record)["request_id"] == "visitor-7"


def page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def page_with_a_nonce(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.csp_nonce))  # type: ignore[attr-defined]


def page_with_a_policy_of_its_own(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(headers={HEADER: "default-src 'none'"})


@pytest.mark.parametrize(
    "view",
    [
        page,
        page_with_a_nonce,
        page_with_a_policy_of_its_own,
        csp_update({"img-src": ["https://example.com"]})(page),
        csp_replace({"img-src": ["https://example.com"]})(page),
        csp_exempt()(page),
    ],
)
def test_each_view_has_the_policy_that_django_csp_would_give_it(
    view: Callable[[HttpRequest], HttpResponse], rf: RequestFactory
) -> None:
    made = []
    for middleware in (CSPMiddleware(view), csp.middleware.CSPMiddleware(view)):
        request = rf.get("/")
        middleware.process_request(request)
        answer = middleware.process_response(request, view(request))
        made.append(answer.headers.get(HEADER))

    assert made[0] == made[1]
