import pytest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from accounts.addresses import client_address


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
