"""Staff cancel, refund and return from the order: first they read what happens."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from invoices.documents.drafts import bill_order
from invoices.models import Invoice, PaymentAttempt
from invoices.orders.admin.take_back import TakeBackPage
from invoices.payments.ledger import Received, record_payment
from invoices.tests.admin_steps import again, cash, make_invoice, messages_in
from invoices.tests.card_steps import mails
from invoices.tests.fake_stripe import FakeStripe
from store.exceptions import VersionChanged
from store.models import Order
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff_client(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


@pytest.fixture
def sold() -> Invoice:
    """Two chairs for 120.00 each, paid in cash."""
    invoice = make_invoice(make_item(title="Chair", pieces=2))
    record_payment(invoice_id=invoice.pk, actor=None, received=Received(**cash("240")))
    return again(invoice)


def page_of(order: Any) -> str:
    return reverse("admin:store_order_take_back", args=[order.pk])


def form_data(client: Client, order: Any, **typed: Any) -> dict[str, Any]:
    """What the browser would send of the form if all is ticked and nothing but this typed."""
    form = client.get(page_of(order)).context["form"]
    data = {form.add_prefix(field.name): field.value() or "" for field in form}
    data["back-lines"] = [line.pk for line in form.left]
    return {**data, **{f"back-{name}": value for name, value in typed.items()}}


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_it_says_what_happens_and_does_it(staff_client: Client, sold: Invoice) -> None:
    line = Order.objects.get().lines.earliest("pk")
    data = form_data(staff_client, sold.order, reason="Loose", lines=[line.pk], by_hand="cash")

    look = words(staff_client.post(page_of(sold.order), data))

    for said in [
        f"€120.00 for the invoice {sold}. It cannot be changed or deleted.",
        "You give back now €120.00, cash",
        "They go on sale again.",
        "to alice@example.com: what is taken back, and why; another when the money has gone back",
        "This cannot be undone.",
    ]:
        assert said in look
    assert not sold.credit_notes.exists()

    answer = staff_client.post(page_of(sold.order), {**data, "confirmed": "yes"}, follow=True)

    assert "Recorded: €120.00 went back." in messages_in(answer)
    note = sold.credit_notes.get()
    assert str(note) in words(answer)
    assert "Left of the order: €120.00" in words(answer)
    assert sold.order is not None
    for_customer = words(staff_client.get(sold.order.get_absolute_url()))
    assert str(note) in for_customer
    assert "Left of the order €120.00" in for_customer


def ticked(client: Client, order: Any) -> list[int]:
    return list(client.get(page_of(order)).context["form"]["lines"].value())


def test_of_several_things_none_is_ticked_and_what_is_left_alone_is(
    staff_client: Client, sold: Invoice
) -> None:
    assert ticked(staff_client, sold.order) == []
    first, second = Order.objects.get().lines.order_by("pk")
    data = form_data(staff_client, sold.order, reason="Loose", lines=[first.pk])
    staff_client.post(page_of(sold.order), {**data, "confirmed": "yes"})
    assert ticked(staff_client, sold.order) == [second.pk]


def test_each_thing_says_what_comes_back_for_it(staff_client: Client) -> None:
    item = make_item(title="Mug", price=12, pieces=2)
    order = make_order(item, discount=4, discount_reason="chipped")
    assert words(staff_client.get(page_of(order))).count("€10.00") == 2
    data = form_data(staff_client, order, lines=[order.lines.earliest("pk").pk], reason="Loose")
    assert "Comes off the bill €10.00" in words(staff_client.post(page_of(order), data))


@pytest.mark.parametrize(
    ("state", "proposed"), [("paid", "sale"), ("collected", "sale"), ("shipped", "aside")]
)
def test_what_was_sent_is_not_thought_to_be_here(
    staff_client: Client, sold: Invoice, state: str, proposed: str
) -> None:
    Order.objects.update(state=state)
    assert form_data(staff_client, sold.order)["back-things"] == proposed


def test_who_gets_no_mail_is_not_said_to_read_why(staff_client: Client) -> None:
    order = make_order(make_item())
    assert "The customer reads it." in words(staff_client.get(page_of(order)))
    Order.objects.update(email="")
    page = words(staff_client.get(page_of(order)))
    assert "The customer reads it." not in page
    assert "For the books." in page

    data = form_data(staff_client, order, confirmed="yes")
    staff_client.post(page_of(order), {**data, "confirmed": "yes"})
    assert Order.objects.get().state == "cancelled"


def test_a_credit_note_says_why_to_whoever_it_is(staff_client: Client, sold: Invoice) -> None:
    Order.objects.update(email="")
    assert "it stands on the credit note" in words(staff_client.get(page_of(sold.order)))
    answer = staff_client.post(page_of(sold.order), form_data(staff_client, sold.order))
    assert list(answer.context["form"].errors) == ["reason"]


def test_two_clicks_do_it_once(staff_client: Client, sold: Invoice) -> None:
    data = form_data(staff_client, sold.order, reason="Loose")
    for _click in range(2):
        answer = staff_client.post(page_of(sold.order), {**data, "confirmed": "yes"}, follow=True)

    assert "something else has happened" in messages_in(answer)
    assert sold.credit_notes.count() == 1


def test_an_unpaid_order_is_cancelled_here_too(staff_client: Client) -> None:
    order = make_order(make_item())
    data = form_data(staff_client, order, reason="Not here any more")
    assert not {"back-shipping", "back-to_card", "back-by_hand"} & data.keys()
    assert "is cancelled" in words(staff_client.post(page_of(order), data))

    staff_client.post(page_of(order), {**data, "confirmed": "yes"})

    assert Order.objects.get().state == "cancelled"
    assert mails() == ["cancel"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"reason": ""}, "reason"), ({"lines": []}, "lines"), ({"things": "eaten"}, "things")],
)
def test_nonsense_is_refused_beside_its_field(
    staff_client: Client, sold: Invoice, typed: dict[str, Any], field: str
) -> None:
    data = form_data(staff_client, sold.order, **{"reason": "Loose", **typed})
    answer = staff_client.post(page_of(sold.order), {**data, "confirmed": "yes"})

    assert list(answer.context["form"].errors) == [field]
    assert not sold.credit_notes.exists()


def test_nothing_is_offered_twice(staff_client: Client, sold: Invoice) -> None:
    data = form_data(staff_client, sold.order, reason="Loose")
    staff_client.post(page_of(sold.order), {**data, "confirmed": "yes"})

    assert "nothing to do that for" in messages_in(
        staff_client.get(page_of(sold.order), follow=True)
    )
    page = staff_client.get(reverse("admin:store_order_change", args=[Order.objects.get().pk]))
    assert "Cancel, refund, return" not in page.content.decode()


def test_only_who_may_send_money_to_cards_is_asked(
    staff_client: Client, admin_client: Client, paid: PaymentAttempt, stripe: FakeStripe
) -> None:
    order = paid.invoice.order

    assert "back-to_card" not in form_data(staff_client, order)
    data = form_data(admin_client, order, reason="Broken")
    admin_client.post(page_of(order), {**data, "back-to_card": "on", "confirmed": "yes"})

    assert stripe.calls("refund")[0]["amount"] == 120


def test_money_goes_back_only_for_who_has_shown_the_password(
    admin_client: Client, paid: PaymentAttempt, stripe: FakeStripe
) -> None:
    order = paid.invoice.order
    data = form_data(admin_client, order, reason="Broken", to_card="on", confirmed="yes")
    session = admin_client.session
    session["confirmed at"] = 0
    session.save()

    admin_client.post(page_of(order), {**data, "confirmed": "yes"})

    assert not stripe.calls("refund")
    assert Order.objects.get().paid_at


def test_the_workshop_takes_nothing_back(client: Client, wren: User, sold: Invoice) -> None:
    client.force_login(wren)

    assert client.get(page_of(sold.order)).status_code == 403
    assert not wren.has_perms(TakeBackPage.permissions)


def test_what_was_taken_back_meanwhile_is_asked_anew(staff_client: Client, sold: Invoice) -> None:
    first, second = Order.objects.get().lines.order_by("pk")
    data = form_data(staff_client, sold.order, reason="Loose", lines=[first.pk])
    staff_client.post(page_of(sold.order), {**data, "confirmed": "yes"})

    answer = staff_client.post(page_of(sold.order), data, follow=True)
    assert str(VersionChanged().sentence) in messages_in(answer)
    assert "Select a valid choice" not in answer.text
    assert [line.pk for line in answer.context["form"].left] == [second.pk]
    assert answer.context["form"]["reason"].value() == "Loose"


def test_what_happened_meanwhile_loses_nothing_that_was_typed(staff_client: Client) -> None:
    order = make_order(make_item(title="Chair", pieces=2))
    first = order.lines.earliest("pk")
    data = form_data(staff_client, order, reason="Changed her mind", lines=[first.pk])
    # A colleague takes the money in another tab.
    record_payment(invoice_id=bill_order(order).pk, actor=None, received=Received(**cash("240")))

    answer = staff_client.post(page_of(order), {**data, "confirmed": "yes"}, follow=True)
    form = answer.context["form"]
    assert "something else has happened" in messages_in(answer)
    assert (form["reason"].value(), form["lines"].value()) == ("Changed her mind", [first.pk])

    again_sent = {form.add_prefix(field.name): field.value() or "" for field in form}
    staff_client.post(page_of(order), {**again_sent, "confirmed": "yes"})
    assert order.invoice.credit_notes.get().total == -120
