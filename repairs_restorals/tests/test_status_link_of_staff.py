"""The status link shows messages and photos: staff who may not see these do not come by it."""

from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from repairs_restorals.admin import pdf_views
from repairs_restorals.models import ServiceTicket

pytestmark = pytest.mark.django_db


def code_of(client: Client, ticket: ServiceTicket, paper: str) -> str:
    """What the code on a paper leads to."""
    made = "receipt" if paper == "receipt" else "papers"
    with patch.object(pdf_views, made, return_value=b"%PDF") as drawn:
        client.get(reverse(f"admin:repairs_restorals_serviceticket_{paper}", args=[ticket.pk]))
    return str(drawn.call_args.kwargs.get("address", drawn.call_args.kwargs.get("status")))


@pytest.mark.parametrize(("who", "sees"), [("sam", False), ("wren", True)])
def test_only_who_sees_the_work_has_its_link(
    client: Client, ticket: ServiceTicket, sam: User, wren: User, who: str, sees: bool
) -> None:
    client.force_login({"sam": sam, "wren": wren}[who])
    page = reverse("admin:repairs_restorals_serviceticket_change", args=[ticket.pk])

    assert ticket.link
    assert (ticket.link in client.get(page).text) is sees
    for paper in ("receipt", "papers"):
        assert (ticket.link in code_of(client, ticket, paper)) is sees, paper
