from datetime import datetime

import pytest
from django.utils import timezone

from store.templatetags.clock_time import clock_time


def at(day: int, hour: int) -> datetime:
    """An hour at the shop on a day of December 2031."""
    return datetime(2031, 12, day, hour, 32, tzinfo=timezone.get_current_timezone())


@pytest.mark.parametrize(
    ("now", "text"), [(at(3, 14), "14:32"), (at(3, 0), "14:32"), (at(2, 23), "3 December, 14:32")]
)
def test_a_time_on_another_day_has_its_date(
    monkeypatch: pytest.MonkeyPatch, now: datetime, text: str
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: now)

    assert clock_time(at(3, 14)) == text
