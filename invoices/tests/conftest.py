"""An invoice of an order by card, and a Stripe that answers as the test says."""

import pytest

from invoices.documents.drafts import bill_order
from invoices.models import Invoice, PaymentAttempt
from invoices.payments.card import reconcile, start_payment
from invoices.tests.card_steps import CARD, PRICE, SITE
from invoices.tests.fake_stripe import FakeStripe
from store.models import Item, ShopProfile
from store.tests.factories import make_order


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> FakeStripe:
    fake = FakeStripe()
    fake.put_in(monkeypatch)
    ShopProfile.objects.update_or_create(pk=1, defaults={"email": "shop@example.com"})
    return fake


@pytest.fixture
def invoice(clock: Item) -> Invoice:
    return bill_order(make_order(clock, payment_method=CARD), site=SITE)


@pytest.fixture
def attempt(invoice: Invoice, stripe: FakeStripe) -> PaymentAttempt:
    """Its pay page is open."""
    attempt = start_payment(invoice_id=invoice.pk, site=SITE).attempt
    attempt.refresh_from_db()
    return attempt


@pytest.fixture
def paid(attempt: PaymentAttempt, stripe: FakeStripe) -> PaymentAttempt:
    stripe.pay(attempt.session_id, "pi_1", pi_1=PRICE)
    reconcile(attempt)
    return attempt
