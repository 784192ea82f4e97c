"""`tests.torture.rules` on either database. Its controls are played by `test_torture.py`."""

import pytest

from tests.torture.rules import Rules, live

pytestmark = [pytest.mark.on_both, pytest.mark.django_db, pytest.mark.many_acts]


def test_whatever_is_done_holds_are_as_the_model_says() -> None:
    assert live(Rules, steps=300, number=1) >= 300
