"""What is written into books, quotes and mails has what another process has saved just now."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.tests.factories import make_user
from invoices.documents.credit_notes import credit
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.documents.pdf import content_of
from invoices.models import Invoice
from invoices.orders.jobs import remind_unpaid_orders
from invoices.orders.placing import time_to_pay
from mail.models import Mail
from mail.outbox import SENDERS
from repairs_restorals.admin.quote_forms import lines_of
from repairs_restorals.mail import address_of_workshop, context_of, notify_customer
from repairs_restorals.models import Workshop
from repairs_restorals.quote_services import draft_quote
from repairs_restorals.tests.factories import make_quote, make_ticket
from store.models import Order, ShopProfile
from store.models.single_row import SingleRow
from store.tests.factories import make_item, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]

SITE = "https://shop.example.com"
BEFORE: dict[str, Any] = {
    "name": "Old name",
    "phone": "0111",
    "email": "old@example.com",
    "iban": "DE02120300000000202051",
    "days_to_pay": 7,
    "remind_days": 2,
    "tax_rate": Decimal(19),
    "invoice_prefix": "A",
    "credit_prefix": "B",
    "invoice_note": "Old note",
}
NOW: dict[str, Any] = {
    "name": "New name",
    "phone": "0222",
    "email": "new@example.com",
    "iban": "DE89370400440532013000",
    "days_to_pay": 30,
    "remind_days": 9,
    "tax_rate": Decimal(7),
    "invoice_prefix": "R",
    "credit_prefix": "K",
    "invoice_note": "New note",
}
WORKSHOP_BEFORE = {"email": "old-bench@example.com", "tax_rate": Decimal(19), "quote_days": 14}
WORKSHOP_NOW = {"email": "new-bench@example.com", "tax_rate": Decimal(7), "quote_days": 50}


def saved_elsewhere() -> None:
    """This process has both rows in its cache; another one has saved them since."""
    for model, before, now in [
        (ShopProfile, BEFORE, NOW),
        (Workshop, WORKSHOP_BEFORE, WORKSHOP_NOW),
    ]:
        row: Any = model(**before)
        row.save()
        model.for_pages()
        model._default_manager.update(**now)


def draft() -> Invoice:
    return bill_order(make_order(make_item(price="100.00")), site=SITE)


def issued() -> Invoice:
    return issue(invoice_id=draft().pk)


def credited() -> Invoice:
    return credit(invoice_id=issued().pk, parts=None, reason="Broken", actor=None)


def due_in() -> int:
    """Of an order whose own day has passed: its invoice names another."""
    yesterday = timezone.now() - timedelta(days=1)
    drafted = draft()
    assert drafted.order
    Order.objects.filter(pk=drafted.order.pk).update(payment_due_at=yesterday)
    invoice = issue(invoice_id=drafted.pk)
    assert invoice.due_on
    assert invoice.issued_at
    return (invoice.due_on - timezone.localdate(invoice.issued_at)).days


def valid_for() -> int:
    quote = draft_quote(ticket_id=make_ticket().pk, author=make_user("author@example.com"))
    return (quote.valid_until - timezone.localdate()).days


def mail_about_invoice() -> Mail:
    issued()
    return Mail.objects.get(to="alice@example.com")


def mail_about_ticket() -> Mail:
    notify_customer(make_ticket(), "filed", SITE)
    return Mail.objects.latest("pk")


def reminded() -> int:
    """An order that is due in five days, and three days old."""
    order = draft().order
    assert order
    Order.objects.filter(pk=order.pk).update(
        payment_due_at=timezone.now() + timedelta(days=5),
        placed_at=timezone.now() - timedelta(days=3),
    )
    return remind_unpaid_orders()


def assigned_to() -> str:
    return address_of_workshop(make_ticket())


WRITTEN: dict[str, tuple[Callable[[], object], object]] = {
    "tax rate of an order": (lambda: draft().lines.get().tax_rate, Decimal(7)),
    "number of an invoice": (lambda: str(issued().number)[0], "R"),
    "number of a credit note": (lambda: str(credited().number)[0], "K"),
    "seller of an invoice": (lambda: issued().snapshot["seller"]["name"], "New name"),
    "account on an invoice": (lambda: issued().snapshot["seller"]["iban"], NOW["iban"]),
    "closing words of an invoice": (lambda: issued().snapshot["notes"], ["New note"]),
    "day when an invoice is due": (due_in, 30),
    "document of a draft": (lambda: content_of(draft()).shop.name, "New name"),
    "time to pay an order": (
        lambda: time_to_pay(Order(payment_method=Order.PaymentMethod.TRANSFER)).days,
        30,
    ),
    "days to the reminder": (reminded, 1),
    "answers to a mail about an invoice": (lambda: mail_about_invoice().reply_to, NOW["email"]),
    "signature of a mail": (lambda: "New name" in mail_about_invoice().text, True),
    "answers to a mail about a ticket": (lambda: mail_about_ticket().reply_to, NOW["email"]),
    "shop in a mail about a ticket": (
        lambda: context_of(make_ticket(), SITE)["shop"].phone,
        NOW["phone"],
    ),
    "address of the workshop": (assigned_to, WORKSHOP_NOW["email"]),
    "validity of a quote": (valid_for, 50),
    "tax rate of a quote": (
        lambda: [row["tax_rate"] for row in lines_of(make_quote(make_ticket())).empty_rows],
        [Decimal(7)] * 3,
    ),
}


@pytest.mark.parametrize("what", WRITTEN)
def test_what_is_written_has_what_is_saved_now(what: str) -> None:
    saved_elsewhere()
    written, expected = WRITTEN[what]

    assert written() == expected


@pytest.mark.parametrize("what", WRITTEN)
def test_control_what_pages_show_would_be_out_of_date(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # When this fails, the test above has stopped proving anything.
    saved_elsewhere()
    written, expected = WRITTEN[what]
    monkeypatch.setattr(
        SingleRow, "get_solo", classmethod(lambda row: cache.get(row.get_cache_key()))
    )
    monkeypatch.setitem(SENDERS, "shop", ShopProfile.get_solo)

    assert written() != expected
