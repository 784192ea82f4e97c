"""“Mark paid” on an order asks how; what is owed stands on orders, tickets and the board."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.factories import mails_sent
from invoices.models import Invoice, Payment
from invoices.tests.admin_steps import again, cash, make_invoice, messages_in, page_of
from repairs_restorals.models import Quote
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.tests.board_steps import BOARD
from repairs_restorals.tests.board_steps import page_of as ticket_page
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(db: None) -> Invoice:
    """Of an order of one clock, 120.00, by transfer."""
    return make_invoice(issued=False)


@pytest.fixture
def staff_client(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def order_page(invoice: Invoice) -> str:
    return reverse("admin:store_order_change", args=[invoice.order_id])


def pay_page(invoice: Invoice) -> str:
    return reverse("admin:store_order_pay", args=[invoice.order_id])


def filled_in(staff_client: Client, invoice: Invoice, **typed: Any) -> dict[str, Any]:
    form = staff_client.get(pay_page(invoice)).context["form"]
    data = {form.add_prefix(field.name): field.value() or "" for field in form}
    return {**data, **{f"payment-{name}": value for name, value in typed.items()}}


def test_the_order_says_what_is_owed_and_asks_how(staff_client: Client, draft: Invoice) -> None:
    page = staff_client.get(order_page(draft)).content.decode()

    assert page_of(draft) in page
    assert "balance €120.00" in page
    assert pay_page(draft) in page


def test_staff_say_how_an_order_was_paid(staff_client: Client, sam: User, draft: Invoice) -> None:
    data = filled_in(staff_client, draft, method="terminal", reference="Slip 12")
    answer = staff_client.post(pay_page(draft), data, follow=True)

    payment = draft.payments.get()
    assert (payment.method, payment.reference, payment.actor) == ("terminal", "Slip 12", sam)
    assert messages_in(answer) == "Recorded: €120.00. It is paid."
    assert answer.redirect_chain[-1][0] == order_page(draft)
    order = Order.objects.get()
    assert order.paid_at
    assert order.events.get().actor == sam
    assert not again(draft).is_draft
    assert mails_sent()[-1].to == [order.email]


def test_more_than_an_order_costs_is_asked_about(staff_client: Client, draft: Invoice) -> None:
    answer = staff_client.post(
        pay_page(draft), filled_in(staff_client, draft, amount="1200"), follow=True
    )

    assert "Only €120.00 is left to pay." in answer.content.decode()
    assert not draft.payments.exists()


def test_a_part_leads_to_the_invoice(staff_client: Client, draft: Invoice) -> None:
    answer = staff_client.post(
        pay_page(draft), filled_in(staff_client, draft, amount="20"), follow=True
    )

    assert answer.redirect_chain[-1][0] == page_of(draft)
    assert Order.objects.get().paid_at is None


def test_two_clicks_record_one_payment(staff_client: Client, draft: Invoice) -> None:
    data = filled_in(staff_client, draft)
    for _click in range(2):
        answer = staff_client.post(pay_page(draft), data, follow=True)

    assert messages_in(answer) == "Recorded: €120.00. It is paid."
    assert draft.payments.count() == 1


def test_an_old_page_records_nothing(staff_client: Client, draft: Invoice) -> None:
    old, other = filled_in(staff_client, draft, reference="typed"), filled_in(staff_client, draft)
    staff_client.post(pay_page(draft), other)
    answer = staff_client.post(pay_page(draft), old)

    assert "something else has happened" in messages_in(answer)
    assert 'value="typed"' in answer.content.decode()
    assert draft.payments.count() == 1


def test_nonsense_is_refused_beside_its_field(staff_client: Client, draft: Invoice) -> None:
    answer = staff_client.post(pay_page(draft), filled_in(staff_client, draft, amount="much"))

    assert list(answer.context["form"].errors) == ["amount"]


def test_the_button_of_an_older_page_leads_to_the_question(
    staff_client: Client, draft: Invoice
) -> None:
    answer = staff_client.post(
        reverse("admin:store_order_transition", args=[draft.order_id]), {"move": "pay"}
    )

    assert answer.headers["Location"] == pay_page(draft)
    assert not draft.payments.exists()


def test_a_cancelled_order_is_not_asked_about(staff_client: Client, draft: Invoice) -> None:
    Order.objects.update(state="cancelled")
    answer = staff_client.get(pay_page(draft), follow=True)

    assert "the order has moved on" in messages_in(answer)


def test_only_who_may_records(client: Client, wren: User, alice: User, draft: Invoice) -> None:
    assert "/admin/login/" in client.get(pay_page(draft)).headers["Location"]
    client.force_login(alice)
    assert "/admin/login/" in client.post(pay_page(draft)).headers["Location"]
    client.force_login(wren)
    for send in (client.get, client.post):
        assert send(pay_page(draft)).status_code == 403
    assert pay_page(draft) not in client.get(order_page(draft)).content.decode()


@pytest.mark.parametrize("number", [4711, 2**70])
def test_what_is_not_there_is_not_found(staff_client: Client, number: int) -> None:
    assert staff_client.get(f"/admin/store/order/{number}/pay/").status_code == 404


@pytest.fixture
def bill(alice: User, wren: User) -> Callable[[], Invoice]:
    """A ticket whose quote of 85.50 was accepted, with a deposit of 30.00."""

    def agree() -> Invoice:
        quote = make_quote(make_ticket(alice, title="Violin"), "85.50", deposit=30)
        send_quote(quote_id=quote.pk, actor=wren, site=SITE)
        decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)
        return quote.ticket.invoice

    return agree


def pages_of(client: Client, invoice: Invoice) -> list[str]:
    assert invoice.ticket is not None
    return [client.get(url).content.decode() for url in (BOARD, ticket_page(invoice.ticket))]


def test_the_workshop_sees_what_is_owed(
    client: Client, wren: User, bill: Callable[[], Invoice]
) -> None:
    invoice = bill()
    client.force_login(wren)
    assert all("deposit due: €30.00" in page for page in pages_of(client, invoice))

    Payment.objects.create(invoice=invoice, **cash("30"))
    assert all("due:" not in page for page in pages_of(client, invoice))
    Invoice.objects.filter(pk=invoice.pk).update(number="1", issued_at=invoice.created_at)
    assert all("balance due: €55.50" in page for page in pages_of(client, invoice))
    Payment.objects.create(invoice=invoice, **cash("60"))
    assert all("paid too much: €4.50" in page for page in pages_of(client, invoice))


def test_the_board_asks_no_more_for_more_invoices(
    client: Client,
    wren: User,
    bill: Callable[[], Invoice],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(4):
        Payment.objects.create(invoice=bill(), **cash("5"))
    client.force_login(wren)

    with django_assert_max_num_queries(11):
        assert client.get(BOARD).content.decode().count("deposit due: €25.00") == 4


def test_who_may_see_no_invoices_sees_no_money(
    client: Client, wren: User, bill: Callable[[], Invoice]
) -> None:
    invoice = bill()
    for group in wren.groups.all():
        group.permissions.remove(*group.permissions.filter(codename="view_invoice"))
    client.force_login(wren)

    assert again(invoice).deposit_due == 30
    assert all("deposit due" not in page for page in pages_of(client, invoice))


def test_a_page_left_open_says_what_is_left(staff_client: Client, draft: Invoice) -> None:
    data = filled_in(staff_client, draft)
    staff_client.post(pay_page(draft), filled_in(staff_client, draft, amount="20"))

    answer = staff_client.post(pay_page(draft), data)

    assert "€100.00 is left to pay." in messages_in(answer)
    assert draft.payments.count() == 1
