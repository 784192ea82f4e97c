"""Lists of the admin that choose a page's rows by their keys show what Django's own would."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from desk.lists import KeysFirst, KeysFirstMixin
from invoices.models import Invoice
from invoices.tests.admin_steps import make_invoice, make_overdue
from mail.models import Mail
from repairs_restorals.models import ServiceTicket
from repairs_restorals.tests.factories import make_ticket
from store.models import Item, Order, Piece
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db
MODELS = [Invoice, Mail, Order, Piece, Item, ServiceTicket]
ADDRESSES = ["/", "/?p=2", "/?p=2&o=2", "/?o=-1.2", "/?q=1", "/?q=clock", "/?q=zzqx", "/?all="]


@pytest.fixture
def busy(alice: User) -> None:
    """More of everything than a page of three shows, in states that sort in another order."""
    make_order(make_item(pieces=4, title="Mantel clock"), name="Clock, R.")
    make_overdue()
    for _ in range(3):
        make_invoice()
        make_ticket(alice, title="Cuckoo clock")


def listed(superuser: User, model: Any, address: str) -> ChangeList:
    request = RequestFactory().get(address)
    request.user = superuser
    found: ChangeList = admin.site.get_model_admin(model).get_changelist_instance(request)
    return found


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_shows_what_django_would(
    admin_user: User, busy: None, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    for model in MODELS:
        page = admin.site.get_model_admin(model)
        monkeypatch.setattr(page, "list_per_page", 3)
        ours = listed(admin_user, model, address)
        with monkeypatch.context() as control:
            control.setattr(KeysFirstMixin, "get_changelist", lambda *_args: ChangeList)
            djangos = listed(admin_user, model, address)

        assert isinstance(ours, KeysFirst)
        assert [row.pk for row in ours.result_list] == [row.pk for row in djangos.result_list]
        assert ours.result_count == djangos.result_count
        assert ours.multi_page == djangos.multi_page


def test_what_fits_on_a_page_is_searched_once(admin_client: Client, busy: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        admin_client.get("/admin/store/piece/?q=mantel")

    assert sum("LIKE" in query["sql"] for query in asked) == 1


def test_an_order_is_found_once_by_two_of_its_lines(admin_user: User, busy: None) -> None:
    found = listed(admin_user, Order, "/?q=mantel")

    assert [order.name for order in found.result_list].count("Clock, R.") == 1
    assert "DISTINCT" not in str(found.queryset.query)
