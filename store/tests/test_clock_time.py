from datetime import datetime

import pytest
from django.utils import timezone
from django.utils.translation import override

from store.templatetags.clock_time import clock_time


def at(day: int, hour: int) -> datetime:
    """An hour at the shop on a day of December 2031."""
    return datetime(2031, 12, day, hour, 32, tzinfo=timezone.get_current_timezone())


@pytest.mark.parametrize(
    ("now", "text"), [(at(3, 14), "14:32"), (at(3, 0), "14:32"), (at(2, 23), "14:32 on 3 December")]
)
def test_a_time_on_another_day_has_its_date(
    monkeypatch: pytest.MonkeyPatch, now: datetime, text: str
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: now)

    assert clock_time(at(3, 14)) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "14:32 Uhr am 8. Dezember"),
        ("fr", "14:32 le 8 décembre"),
        ("it", "14:32 di lunedì 8 dicembre"),
        ("es", "14:32 del 8 de diciembre"),
    ],
)
def test_a_date_goes_on_from_the_time(
    monkeypatch: pytest.MonkeyPatch, language: str, text: str
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: at(7, 14))

    with override(language):
        assert clock_time(at(8, 14)) == text
