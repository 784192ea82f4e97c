import pytest
from django.test import Client

from accounts.models import User


@pytest.fixture
def shop(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client
