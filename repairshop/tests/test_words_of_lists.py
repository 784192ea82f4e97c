"""Lists of the admin speak of entries and roles, not of models and their fields."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import SecurityLogEntry, User
from invoices.documents.drafts import bill_order
from invoices.models import Invoice
from repairs_restorals.models import ServiceTicket
from repairs_restorals.tests.factories import make_ticket
from store.models import Item
from store.tests.factories import make_category, make_item, make_order

pytestmark = pytest.mark.django_db
PEOPLE, INVOICES = "accounts_user", "invoices_invoice"


def page_of(client: Client, name: str, **asked: Any) -> str:
    return client.get(reverse(f"admin:{name}_changelist"), asked).text


def foot(page: str) -> str:
    found = re.search(r'<p class="paginator">(.*?)</p>', page, re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def test_every_list_counts_entries(admin_client: Client) -> None:
    counted = 0
    for model in admin.site._registry:
        page = page_of(admin_client, model._meta.label_lower.replace(".", "_"))
        counted += bool(foot(page))
        assert re.fullmatch(r"(1 entry|\d+ entries|)", foot(page)), model

    assert counted > 20


def test_nothing_is_said_to_be_found_where_nothing_was_searched(
    admin_client: Client, clock: Item
) -> None:
    make_item(title="Lamp")
    assert "found" not in page_of(admin_client, "store_item")
    searched = page_of(admin_client, "store_item", q=clock.title)
    assert ("1 found" in searched, "Show all" in searched) == (True, True)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ["1 Eintrag", "2 Einträge"]),
        ("fr", ["1 entrée", "2 entrées"]),
        ("nl", ["1 vermelding", "2 vermeldingen"]),
        ("it", ["1 voce", "2 voci"]),
        ("es", ["1 entrada", "2 entradas"]),
    ],
)
def test_the_security_log_counts_in_each_language(
    admin_client: Client, language: str, words: list[str]
) -> None:
    admin_client.post(reverse("accounts:language"), {"language": language, "next": "/admin/"})
    log = "accounts_securitylogentry"
    # That the client has logged in.
    assert SecurityLogEntry.objects.count() == 1
    counted = [foot(page_of(admin_client, log))]
    SecurityLogEntry.objects.create(event="logged_in", who="a@example.com")

    assert [*counted, foot(page_of(admin_client, log))] == words


def test_people_are_listed_by_role(admin_client: Client, sam: User, alice: User) -> None:
    role = Group.objects.get(user=sam)
    page = page_of(admin_client, PEOPLE)
    assert "<summary>Role</summary>" in page
    assert "without a role" in page

    of_role = page_of(admin_client, PEOPLE, groups__id__exact=role.pk)
    assert (sam.email in of_role, alice.email in of_role) == (True, False)
    without = page_of(admin_client, PEOPLE, groups__isnull="True")
    assert (sam.email in without, alice.email in without) == (False, True)


def test_invoices_are_listed_by_what_they_are_for(admin_client: Client, alice: User) -> None:
    make_ticket(alice)
    sold = str(bill_order(make_order(make_item())))
    mended = str(Invoice.objects.get(ticket=ServiceTicket.objects.get()))

    for subject, shown in (("order", [True, False]), ("ticket", [False, True]), ("x", [True] * 2)):
        page = page_of(admin_client, INVOICES, **{"for": subject})
        assert [f">{name}</a>" in page for name in (sold, mended)] == shown


def test_what_is_chosen_is_deleted_in_plain_words(admin_client: Client) -> None:
    lamps = make_category("Lamps")
    page = page_of(admin_client, "store_category")
    assert ">Delete…</option>" in page
    chosen = {"action": "delete_selected", "_selected_action": [lamps.pk]}

    asked = admin_client.post(reverse("admin:store_category_changelist"), chosen)

    assert asked.text.count("Delete what you have chosen") == 3
