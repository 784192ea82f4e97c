"""How long a bag holds a piece: as the shop's profile says, else as the server's settings do."""

from datetime import timedelta

from django.conf import settings

from store.models import ShopProfile


def hold_time() -> timedelta:
    """The time of one hold, as it was a minute ago at most."""
    minutes = ShopProfile.for_pages().hold_minutes
    return timedelta(minutes=minutes) if minutes else settings.HOLD_FOR


def hold_minutes() -> int:
    return int(hold_time().total_seconds() // 60)
