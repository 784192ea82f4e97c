"""Secrets that no page of the admin shows are not found out there by other ways."""

from collections.abc import Iterator
from typing import cast

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from invoices.tests.admin_steps import make_invoice
from invoices.tests.test_withdrawing import withdraw
from repairs_restorals.tests.factories import make_quote, make_ticket
from store.admin.pieces import PURCHASE
from store.models import Item

pytestmark = pytest.mark.django_db
SECRETS = {
    "mail.Mail": ["text", "html", "headers"],
    "accounts.User": ["password"],
    "bag.Hold": ["held_by"],
    "invoices.DayClose": ["idempotency_key"],
    "invoices.Invoice": ["secret"],
    "invoices.PaymentAttempt": ["idempotency_key", "session_id", "url"],
    "invoices.Refund": ["idempotency_key"],
    "invoices.Withdrawal": ["secret", "idempotency_key"],
    "repairs_restorals.ServiceTicket": ["status_secret", "idempotency_key"],
    "repairs_restorals.Task": ["idempotency_key"],
    "store.Order": ["secret", "bag_key"],
    "store.Piece": ["held_by"],
    "store.Question": ["secret", "idempotency_key"],
    "bag.ShippingRequest": ["secret", "idempotency_key"],
}
FOUND = {model._meta.label: page for model, page in admin.site._registry.items()}


def seen_by_customers(client: Client, thing: Model) -> int:
    """The answer to asking the admin for the way from a thing to its page in the shop."""
    kind = ContentType.objects.get_for_model(thing)
    return client.get(f"/admin/r/{kind.pk}/{thing.pk}/").status_code


@pytest.mark.parametrize("label", SECRETS)
def test_no_list_is_filtered_by_a_secret(label: str, rf: RequestFactory) -> None:
    for field in SECRETS[label]:
        for lookup in (field, f"{field}__startswith", f"{field}__regex"):
            assert not FOUND[label].lookup_allowed(lookup, "a", rf.get("/"))


def names_below(model: type[Model], depth: int = 2) -> Iterator[str]:
    """Of all fields of a model and of what it is related to, as an address would name them."""
    for field in model._meta.get_fields():
        yield field.name
        if depth and field.related_model and field.related_model != "self":
            for name in names_below(cast(type[Model], field.related_model), depth - 1):
                yield f"{field.name}__{name}"


@pytest.mark.parametrize("label", FOUND)
def test_no_list_is_filtered_by_what_is_behind_it(
    label: str, rf: RequestFactory, wren: User
) -> None:
    request = rf.get("/")
    request.user = wren
    secret = {field for fields in SECRETS.values() for field in fields} - {"text", "url"}
    secret |= {*PURCHASE, "first_link", "placed_from", "password", "staff_notes", "key"}
    names = {name for name in names_below(FOUND[label].model) if name.split("__")[-1] in secret}

    found = [name for name in names if FOUND[label].lookup_allowed(f"{name}__gte", "a", request)]
    assert found == []


def test_nothing_else_of_that_kind_has_a_list() -> None:
    names = {field for fields in SECRETS.values() for field in fields} - {"text", "html", "url"}
    for label, page in FOUND.items():
        fields = {field.name for field in page.model._meta.get_fields()}
        assert fields & names <= {*SECRETS.get(label, [])}, label


def test_staff_are_led_to_pages_of_what_they_may_see(client: Client, sam: User) -> None:
    invoice = make_invoice()
    client.force_login(sam)

    assert seen_by_customers(client, invoice) == 302
    assert seen_by_customers(client, invoice.order or invoice) == 302


def test_staff_learn_no_secret_address_of_what_they_may_not_see(client: Client) -> None:
    invoice = make_invoice()
    ticket = make_ticket()
    client.force_login(User.objects.create_user("guest@example.com", "x", is_staff=True))

    for thing in (invoice, invoice.order or invoice, ticket):
        assert seen_by_customers(client, thing) == 403


@pytest.mark.parametrize("page", ["invoices/invoice", "store/order", "invoices/withdrawal"])
def test_whoever_may_only_look_acts_not_as_the_customer(client: Client, page: str) -> None:
    invoice = make_invoice()
    order = invoice.order or invoice
    withdrawal = withdraw(Client(), contract=f"{order}")
    thing = {"invoices/invoice": invoice, "store/order": order}.get(page, withdrawal)
    clerk = User.objects.create_user("clerk@example.com", "x", is_staff=True)
    names = [f"view_{thing._meta.model_name}", f"change_{thing._meta.model_name}"]
    look, change = Permission.objects.filter(codename__in=names).order_by("-codename")
    clerk.user_permissions.add(look)
    client.force_login(clerk)
    led_to = [f"/admin/r/{ContentType.objects.get_for_model(thing).pk}/{thing.pk}/"]
    led_to.append(str(getattr(thing, "link", thing.secret)))

    shown = client.get(f"/admin/{page}/{thing.pk}/change/")
    assert shown.status_code == 200
    assert not [address for address in led_to if address in shown.text]
    assert seen_by_customers(client, thing) == 403
    clerk.user_permissions.add(change)
    assert seen_by_customers(client, thing) == 302
    assert [each for each in led_to if each in client.get(f"/admin/{page}/{thing.pk}/change/").text]


def test_who_sees_an_invoice_prints_it(client: Client, wren: User) -> None:
    invoice = make_invoice()
    client.force_login(wren)
    page = reverse("admin:invoices_invoice_pdf", args=[invoice.pk])

    assert page in client.get(reverse("admin:invoices_invoice_change", args=[invoice.pk])).text
    assert client.get(page).content.startswith(b"%PDF")
    client.force_login(User.objects.create_user("guest@example.com", "x", is_staff=True))
    assert client.get(page).status_code == 403


def test_what_has_no_page_in_the_admin_leads_nowhere(client: Client, wren: User) -> None:
    client.force_login(wren)

    assert seen_by_customers(client, make_quote(make_ticket())) == 404
    assert seen_by_customers(client, ContentType.objects.get_for_model(ContentType)) == 404


@pytest.mark.parametrize("address", ["x/1", "0/1", "{kind}/0", "{kind}/x", f"{'9' * 30}/1"])
def test_what_is_not_there_leads_nowhere(client: Client, sam: User, address: str) -> None:
    client.force_login(sam)
    kind = ContentType.objects.get_for_model(Item).pk

    assert client.get(f"/admin/r/{address.format(kind=kind)}/").status_code == 404


@pytest.mark.parametrize("form", ["{kind}", "%20{kind}", "+{kind}", "0{kind}"])
def test_no_way_of_writing_a_number_leads_past(client: Client, form: str) -> None:
    invoice = make_invoice()
    client.force_login(User.objects.create_user("guest@example.com", "x", is_staff=True))
    kind = form.format(kind=ContentType.objects.get_for_model(invoice).pk)

    assert client.get(f"/admin/r/{kind}/{invoice.pk}/").status_code in {403, 404}


def test_a_kind_that_is_gone_leads_nowhere(admin_client: Client) -> None:
    gone = ContentType.objects.create(app_label="accounts", model="pigeon")

    assert admin_client.get(f"/admin/r/{gone.pk}/1/").status_code == 404
