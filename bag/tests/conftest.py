import pytest
from django.test import Client

from accounts.models import User
from bag.models import WaitlistEntry
from bag.tests.factories import free_and_serve, join, make_held_item
from store.models import Item


@pytest.fixture
def shop(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


@pytest.fixture
def vase(db: None) -> Item:
    """A single thing that somebody else holds."""
    return make_held_item(title="Vase", slug="vase")


@pytest.fixture
def turn(vase: Item) -> WaitlistEntry:
    """The entry of somebody whose turn it is."""
    entry = join(vase, "ann")
    free_and_serve()
    return entry
