import pytest
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from repairshop.middleware import client_address

pytestmark = pytest.mark.django_db


def address(forwarded: str | None) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR="10.0.0.1"))


@pytest.mark.parametrize("forwarded", [None, "", "1.1.1.1", "1.1.1.1, 2.2.2.2"])
def test_without_a_trusted_proxy_only_the_connection_counts(forwarded: str | None) -> None:
    assert address(forwarded) == "10.0.0.1"


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        (None, "10.0.0.1"),
        ("", "10.0.0.1"),
        (" , ", "10.0.0.1"),
        ("2.2.2.2", "2.2.2.2"),
        ("1.1.1.1, 2.2.2.2", "2.2.2.2"),
        ("127.0.0.1,1.1.1.1,  2.2.2.2 ", "2.2.2.2"),
        ("2001:db8::1", "2001:db8::1"),
        ("1.1.1.1, unknown", "10.0.0.1"),
        ("2.2.2.2:5678", "10.0.0.1"),
    ],
)
def test_behind_one_proxy_the_right_most_address_counts(
    forwarded: str | None, expected: str, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1

    assert address(forwarded) == expected


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
