from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.links import dated_link, read_link


def opens(text: str, power: str = "order", nonce: str = "nonce") -> bool:
    link = read_link(text)
    return link is not None and link.opens(power, nonce)


def test_a_link_opens_one_power_of_one_row_with_one_nonce() -> None:
    link = dated_link("order", 12, "nonce")

    assert opens(link)
    assert not opens(link, power="invoice")
    assert not opens(link, nonce="another")
    assert not opens(link.replace("12-", "13-", 1))


def test_a_link_of_another_day_is_not_made_younger() -> None:
    today = timezone.localdate()
    link = dated_link("order", 12, "nonce", on=today - timedelta(days=400))
    found = read_link(link)

    assert opens(link)
    assert found
    assert found.age == 400
    assert not opens(link.replace(str(found.day), str(today.toordinal())))


def test_a_key_in_use_before_keeps_its_links_good(settings: Settings) -> None:
    link = dated_link("order", 12, "nonce")
    before = settings.SECRET_KEY
    settings.SECRET_KEY = "another" * 10
    assert not opens(link)

    settings.SECRET_KEY_FALLBACKS = [before]

    assert opens(link)
    assert dated_link("order", 12, "nonce") != link


@pytest.mark.parametrize("text", ["", "12", "12-739000-", "12-739000-" + "x" * 23, "9" * 99])
def test_what_is_no_link_is_none(text: str) -> None:
    assert read_link(text) is None
