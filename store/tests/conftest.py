from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    """An empty folder for pictures."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def shop(client: Client, sam: User) -> Client:
    """A browser in which sam of the shop is logged in."""
    client.force_login(sam)
    return client
