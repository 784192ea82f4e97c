import pytest

from accounts.models import User
from repairs_restorals.models import ServiceTicket
from repairs_restorals.tests.factories import make_ticket


@pytest.fixture
def ticket(alice: User) -> ServiceTicket:
    return make_ticket(alice, title="Violin")
