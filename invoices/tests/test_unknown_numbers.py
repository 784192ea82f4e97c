"""Pages of the admin about orders and invoices, asked for by numbers of none."""

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.everything import routes

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]
LIST = "/admin/store/order/"
OURS = ("/admin/store/order/<int:pk>/", "/admin/invoices/invoice/<int:pk>/")


# The last two are more than a database can hold.
@pytest.mark.parametrize("number", [0, 4711, 2**63, 10**30])
def test_they_are_not_found(admin_client: Client, number: int) -> None:
    pages = [route for route in routes(get_resolver()) if route.startswith(OURS)]
    assert len(pages) > 15
    for page in pages:
        address = page.replace("<int:pk>", str(number))
        for ask in (admin_client.get, admin_client.post):
            answer = ask(address)
            # What is printed of many may be nothing: the list says so.
            assert answer.status_code in {404, 405} or answer["Location"] == LIST, address
