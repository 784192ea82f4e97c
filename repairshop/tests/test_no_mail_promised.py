"""Where no mail server is named, no page promises a mail: neither to customers nor to staff."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.tests.factories import PASSWORD
from invoices.models import Invoice, Withdrawal
from repairs_restorals.models import Quote, ServiceTicket
from repairshop.tests.desk_world import fill
from store.models import Item, Order, Piece, Question

pytestmark = pytest.mark.django_db
PROMISE = re.compile(
    r"\bwe (?:have )?mail(?:ed)?\b|(?:is|are|been) mailed|\bby (?:e-)?mail\b|\bmails? go(?:es)? to"
    r"|(?:is|are|been) told|on its way to|\bour mails?\b|goes to \S+@|mail me|mail the link"
    r"|check your e-mail|you an e-mail|a mail opens|a last mail|a mistake\b",
    re.IGNORECASE,
)
# That none goes, and what the law calls a durable medium.
TRUE = re.compile(r"There is no mail server: [^.]*|\(e\.g\. by e-mail\)")
TAG = re.compile(r"<(?:script|style).*?</(?:script|style)>|<[^>]+>", re.DOTALL)


def promises(page: str) -> list[str]:
    said = TRUE.sub("", re.sub(r"\s+", " ", TAG.sub(" ", page)))
    return [said[max(0, hit.start() - 60) : hit.end() + 60] for hit in PROMISE.finditer(said)]


def of_customers() -> Iterator[str]:
    for row in (
        *Order.objects.all(),
        *Invoice.objects.exclude(number=None),
        *Question.objects.all(),
    ):
        yield row.get_absolute_url()
    for order in Order.objects.filter(state="open"):
        yield reverse("invoices:cancel", args=[order.link])
        yield reverse("invoices:pay-otherwise", args=[order.link])
    for ticket in ServiceTicket.objects.all():
        yield ticket.get_absolute_url()
        yield reverse("repairs:status", args=[ticket.link])
    for item in Item.objects.all():
        yield item.get_absolute_url()
    for name in ("register", "register-sent", "password_reset", "password_reset_done", "profile",
                 "my-data-ask", "my-data-sent", "email", "deactivate", "login"):  # fmt: skip
        yield reverse(f"accounts:{name}")


@pytest.fixture
def shop(settings: Settings, alice: User, sam: User) -> None:
    settings.EMAIL_BACKEND = "mail.unsent.EmailBackend"
    User.objects.filter(pk=alice.pk).update(email_checked_at=None)
    fill(sam, alice)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("who", ["guest", "owner"])
def test_customers_are_promised_none(client: Client, alice: User, who: str) -> None:
    if who == "owner":
        Order.objects.update(customer=alice)
        client.force_login(alice)

    assert said_by(client, of_customers()) == {}


def one_each(rows: Iterable[Any], state: str) -> Iterator[Any]:
    yield from {getattr(row, state): row for row in rows}.values()


def of_staff() -> Iterator[str]:
    orders, tickets = Order.objects.all(), ServiceTicket.objects.all()
    shown = [
        (one_each(orders, "stage"), ("change", "correct", "pay", "hand_out", "take_back")),
        (one_each(Invoice.objects.all(), "state"), ("change", "credit")),
        (one_each(tickets, "status"), ("change",)),
        (one_each(Withdrawal.objects.all(), "answer"), ("change",)),
        (Question.objects.all(), ("change",)),
    ]
    for rows, pages in shown:
        for row in rows:
            for page in pages:
                yield reverse(
                    f"admin:{row._meta.label_lower.replace('.', '_')}_{page}", args=[row.pk]
                )
    for quote in one_each(Quote.objects.all(), "state"):
        yield reverse("admin:repairs_restorals_serviceticket_quote_preview", args=[quote.pk])
    yield reverse("admin:auth_user_password_change", args=[User.objects.all()[0].pk])
    for name in ("index", "repairs_restorals_serviceticket_add", "accounts_user_add"):
        yield reverse(f"admin:{name}")
    yield f"{reverse('till')}?piece={Piece.objects.available()[0].pk}"


def said_by(client: Client, addresses: Iterable[str]) -> dict[str, list[str]]:
    found = {address: promises(client.get(address, follow=True).text) for address in addresses}
    assert len(found) > 40
    return {address: said for address, said in found.items() if said}


@pytest.mark.usefixtures("shop")
def test_staff_are_promised_none(client: Client) -> None:
    client.force_login(User.objects.create_superuser("boss@example.com", PASSWORD, name="Boss"))

    assert said_by(client, of_staff()) == {}


@pytest.mark.usefixtures("shop")
def test_control_with_a_server_they_are(client: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client.force_login(User.objects.create_superuser("boss@example.com", PASSWORD, name="Boss"))

    assert len(said_by(client, of_staff())) > 20
    said = said_by(Client(), of_customers())
    assert len(said) > 20
    for name in ("my-data-sent", "my-data-ask", "password_reset_done"):
        assert reverse(f"accounts:{name}") in said
    client.force_login(User.objects.get(email="alice@example.com"))
    assert "a mail opens the account again" in client.get(reverse("accounts:deactivate")).text
