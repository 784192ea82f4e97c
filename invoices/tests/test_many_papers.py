"""Many papers with names and addresses at once are an export: the password first, and a trace."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.confirmation import CONFIRMED
from accounts.models import SecurityLogEntry, User
from invoices.documents.issuing import issue
from invoices.tests.admin_steps import make_invoice
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db
LISTS = {
    "print_all": "invoices_invoice",
    "print_slips": "store_order",
    "print_labels": "store_order",
}


@pytest.mark.parametrize("action", LISTS)
def test_the_password_comes_first(
    client: Client, sam: User, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    monkeypatch.setattr("accounts.confirmation.PAPERS_AT_ONCE", 1)
    where: dict[str, Any] = {
        "delivery": "ship",
        "street": "Mill Lane 1",
        "postcode": "12345",
        "city": "Ulm",
    }
    made = [make_invoice(make_item(slug=f"clock-{n}"), **where) for n in range(2)]
    invoices = [issue(invoice_id=each.pk) for each in made]
    page = reverse(f"admin:{LISTS[action]}_changelist")
    rows: list[Any] = [i.pk if action == "print_all" else i.order_id for i in invoices]
    client.force_login(sam)

    def printed(number: int) -> Any:
        return client.post(page, {"action": action, "_selected_action": rows[:number]})

    assert printed(2).content.startswith(b"%PDF")
    about = SecurityLogEntry.objects.get(event="exported").about
    session: Any = client.session
    session[CONFIRMED] -= 16 * 60
    session.save()
    assert about.startswith("2 ")
    assert printed(1).content.startswith(b"%PDF")
    assert printed(2).headers["Location"].startswith("/accounts/confirm/")


@pytest.mark.parametrize("paper", ["till-receipt", "till-pdf"])
def test_receipts_of_many_sales_are_no_way_around_it(
    client: Client, sam: User, monkeypatch: pytest.MonkeyPatch, paper: str
) -> None:
    monkeypatch.setattr("accounts.confirmation.PAPERS_AT_ONCE", 1)
    monkeypatch.setattr("invoices.counter.pages.MOST_RECEIPTS", 2)
    made = [make_invoice(make_item(slug=f"clock-{n}")).pk for n in range(3)]
    client.force_login(sam)

    def shown(number: int) -> Any:
        return client.get(reverse(paper), {"invoice": made[:number]})

    assert shown(2).status_code == 200
    assert SecurityLogEntry.objects.get(event="exported").about == "2 receipts"
    session: Any = client.session
    session[CONFIRMED] -= 16 * 60
    session.save()
    assert shown(1).status_code == 200
    assert shown(2).headers["Location"].startswith("/accounts/confirm/")
    assert shown(3).status_code == 404
