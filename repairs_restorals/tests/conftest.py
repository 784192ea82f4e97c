from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import make_staff
from repairs_restorals.models import ServiceTicket
from repairs_restorals.tests.factories import make_ticket


@pytest.fixture
def ticket(alice: User) -> ServiceTicket:
    return make_ticket(alice, title="Violin")


@pytest.fixture
def private_media(settings: Settings, tmp_path: Path) -> Path:
    """An empty folder for the photos of tickets."""
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return tmp_path


@pytest.fixture
def workshop(client: Client, wren: User) -> Client:
    """A browser in which wren of the workshop is logged in."""
    client.force_login(wren)
    return client


@pytest.fixture
def manager(client: Client) -> Client:
    """A browser in which mo, a manager, is logged in."""
    client.force_login(make_staff("mo@example.com", group=MANAGERS))
    return client
