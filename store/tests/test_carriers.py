"""Where the way of a parcel is shown: at its carrier, and nowhere else."""

from urllib.parse import urlsplit

import pytest

from store.carriers import PAGES, Carrier, tracking_link


@pytest.mark.parametrize("carrier", [each for each in Carrier if each != Carrier.OTHER])
def test_each_carrier_has_a_page_of_its_own(carrier: Carrier) -> None:
    link = tracking_link(carrier, " 00 34/..#?x ")

    assert urlsplit(link).scheme == "https"
    assert link == f"{PAGES[carrier]}0034%2F..%23%3Fx"
    assert sum(page == PAGES[carrier] for page in PAGES.values()) == 1


def test_of_another_carrier_nobody_knows_the_page() -> None:
    assert tracking_link(Carrier.OTHER, "1") == tracking_link("gone", "1") == ""
    assert tracking_link(Carrier.DHL, " ") == ""
