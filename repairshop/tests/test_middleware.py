import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.password_links import password_links
from accounts.secrets import new_secret
from typed.secret_links import without_secrets

pytestmark = pytest.mark.django_db


def test_each_answer_names_its_request(client: Client) -> None:
    first, second = client.get("/healthz"), client.get("/healthz")

    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_the_routers_request_id_is_taken_over(client: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    answer = client.get("/healthz", headers={"X-Request-ID": "0f-42"})

    assert answer["X-Request-ID"] == "0f-42"


def test_without_a_router_a_visitor_chooses_no_id(client: Client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "0f-42"})["X-Request-ID"] != "0f-42"


@pytest.mark.parametrize("sent", ["", "a b", "a" * 65, "<script>"])
def test_a_request_id_that_could_forge_a_log_line_is_not(
    client: Client, settings: Settings, sent: str
) -> None:
    settings.TRUSTED_PROXIES = 1
    answer = client.get("/healthz", headers={"X-Request-ID": sent})

    assert answer["X-Request-ID"] != sent
    assert answer["X-Request-ID"].isalnum()


def test_the_log_names_the_request_of_an_answer_that_no_exception_made(
    client: Client, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1
    client.get("/healthz", headers={"X-Request-ID": "visitor-7"})

    (record,) = caplog.records
    assert record.getMessage() == "Service Unavailable: /healthz"
    assert vars(record)["request_id"] == "visitor-7"


@pytest.mark.parametrize(("debug", "words"), [(False, "too much at once"), (True, "TooManyFields")])
def test_a_thousand_fields_are_said_to_be_too_many(
    client: Client, settings: Any, debug: bool, words: str
) -> None:
    settings.DEBUG = debug

    answer = client.get("/store/", {f"field{number}": "x" for number in range(1001)})

    assert answer.status_code == 400
    assert words in answer.text


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the shop prints."""
    printed = StringIO()
    handlers = [each for each in logging.getLogger().handlers if each.formatter]
    (handler,) = (each for each in handlers if type(each) is logging.StreamHandler)
    before = handler.setStream(printed)
    yield printed
    handler.setStream(before)


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/orders/SVZVM-BQKJe3fFh7HoaBCw/nothing/", "/orders/…/nothing/"),
        ("/invoices/B_8H--tuVKPB8SVkgaGtig/", "/invoices/…/"),
        ("/workshop/status/pgkXSmy-1p1ibVo2Ad0lLQ/", "/workshop/status/…/"),
        # As copied from a sentence, and as programs write on.
        ("/workshop/status/pgkXSmy-1p1ibVo2Ad0lLQ,", "/workshop/status/…,"),
        ("/workshop/status/pgkXSmy-1p1ibVo2Ad0lLQ&utm=1", "/workshop/status/…&utm=1"),
        (
            "/store/item/clock-with-a-long-name-of-1820/",
            "/store/item/clock-with-a-long-name-of-1820/",
        ),
    ],
)
def test_the_log_names_a_page_without_what_opens_it(
    client: Client, log: StringIO, path: str, logged: str
) -> None:
    client.get(path)

    assert f"Not Found: {logged}\n" in log.getvalue()


def test_the_key_of_a_new_password_is_a_secret(alice: User) -> None:
    token = password_links.make_token(alice)

    assert without_secrets(f"/accounts/reset/Mg/{token}/") == "/accounts/reset/Mg/…/"


def test_a_refused_form_leaves_no_secret_in_the_log(log: StringIO) -> None:
    secret = new_secret()
    Client(enforce_csrf_checks=True).post(
        f"/orders/{secret}/cancel/", headers={"Origin": "https://evil.example"}
    )

    assert "Forbidden" in log.getvalue()
    assert secret not in log.getvalue()


FORGED = "x\nERROR security [-] FORGED"


@pytest.mark.parametrize(
    "say",
    [
        lambda: logging.getLogger("shop").error(FORGED),
        lambda: logging.getLogger("shop").error("%s", FORGED),
        lambda: logging.getLogger("shop").error("%s", ValueError(FORGED)),
        lambda: logging.getLogger("shop").error("x", exc_info=ValueError(FORGED)),
    ],
    ids=["words", "argument", "exception", "traceback"],
)
def test_nobody_begins_a_line_of_the_log(log: StringIO, say: Any) -> None:
    say()

    assert "FORGED" in log.getvalue()
    assert not any(line.startswith("ERROR security") for line in log.getvalue().splitlines())
