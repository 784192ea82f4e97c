import pytest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from accounts.addresses import is_checked, site_of
from accounts.models import User
from accounts.networks import client_address


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
        ("fe80::1%eth0", "10.0.0.1"),
    ],
)
def test_behind_one_proxy_the_right_most_address_counts(
    forwarded: str | None, expected: str, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1

    assert address(forwarded) == expected


def site(host: str, *, port: str = "80", secure: bool = False) -> str:
    request = RequestFactory().get("/", headers={"Host": host}, secure=secure, SERVER_PORT=port)
    return site_of(request)


def test_links_lead_to_where_the_shop_was_asked(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["shop.example.com", "127.0.0.1", "[::1]"]

    assert site("shop.example.com", port="443", secure=True) == "https://shop.example.com"
    assert site("127.0.0.1:8001", port="8001") == "http://127.0.0.1:8001"
    assert site("[::1]:8001", port="8001") == "http://[::1]:8001"


@pytest.mark.parametrize("host", ["shop.example.com:4444", "shop.example.com.:4444"])
def test_a_port_that_nobody_asked_at_is_in_no_link(host: str, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["shop.example.com"]

    assert site(host) == "http://shop.example.com"


def test_behind_a_proxy_no_port_is_in_a_link(settings: Settings) -> None:
    # A server on a socket without a port takes over the one that the visitor names.
    settings.ALLOWED_HOSTS = ["shop.example.com"]
    settings.TRUSTED_PROXIES = 1

    assert site("shop.example.com:4444", port="4444") == "http://shop.example.com"


def test_who_is_nobody_has_no_address_that_was_reached() -> None:
    assert not is_checked(None)
    assert not is_checked(User(email="ann@example.com"))
