"""What becomes of a withdrawal: of what was sent and not, early, late, twice, and of a stranger."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from invoices.models import Invoice, Payment, PaymentAttempt, Refund, Withdrawal
from invoices.orders.taking_back import take_back
from invoices.orders.taking_back_plan import Wish
from invoices.payments.ledger import Received, record_payment
from invoices.tests.admin_steps import cash, make_invoice
from invoices.tests.fake_stripe import SILENT, FakeStripe
from invoices.tests.test_withdrawing import read, withdraw
from invoices.withdrawals.acting import cancel, carry_out_withdrawals
from invoices.withdrawals.contracts import link_from_order, link_from_quote
from invoices.withdrawals.period import end_of, period_from
from invoices.withdrawals.rights import Doubt, doubt_of, period_of_order
from invoices.withdrawals.standing import Standing, standing_of
from mail.models import Mail
from repairs_restorals.models import Quote, ServiceTicket, Status
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.services import transition_ticket
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.models import Order, Piece, ShopProfile
from store.services import transition_order
from store.tests.factories import make_item, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.many_acts]


def mails(event: str) -> list[str]:
    return [mail.text for mail in Mail.objects.filter(event=event).order_by("pk")]


def paid_order(*, pieces: int = 1, **fields: Any) -> Order:
    """Of chairs for 120.00 each, paid by transfer, to be sent."""
    item = make_item(title="Chair", pieces=pieces)
    invoice = make_invoice(item, delivery="ship", **fields)
    record_payment(
        invoice_id=invoice.pk,
        actor=None,
        received=Received(**{**cash(str(120 * pieces)), "method": "transfer"}),
    )
    return Order.objects.get(pk=invoice.order_id or 0)


def went_out(order: Order, days_ago: int = 0) -> Order:
    transition_order(order_id=order.pk, transition=Order.Transition.SHIP, actor=None)
    order.events.filter(transition="ship").update(at=timezone.now() - timedelta(days=days_ago))
    told = timezone.now() - timedelta(days=days_ago + 3)
    Order.objects.filter(pk=order.pk).update(withdrawal_told_at=told)
    return Order.objects.get(pk=order.pk)


def link(order: Order) -> str:
    return f"/withdraw/{link_from_order(order)}/"


def test_what_goes_out_at_the_same_moment_is_not_put_on_sale_again(client: Client) -> None:
    """Whoever carries the withdrawal out has read the order before it went out."""
    order = paid_order()
    Withdrawal.objects.create(order=order, proven_by="browser", proven_at=timezone.now(), site=SITE)
    withdrawal = Withdrawal.objects.select_related("order", "ticket").get()
    assert standing_of(withdrawal) == Standing.TO_CANCEL
    went_out(order)

    cancel(withdrawal)

    assert not order.lines.exclude(taken_back_at=None).exists()
    assert Invoice.objects.get(order=order).excess == 0
    assert standing_of(Withdrawal.objects.get()) == Standing.AWAITS_THINGS


def test_what_was_not_sent_is_cancelled_at_once(client: Client) -> None:
    order = paid_order()
    declared = withdraw(client, link(order))

    declared.refresh_from_db()
    invoice = Invoice.objects.get(order=order)
    assert (invoice.payable, invoice.excess) == (Decimal(0), Decimal(120))
    assert Piece.objects.available().count() == 1
    # It came by transfer: somebody has to send it back.
    assert standing_of(declared) == Standing.TO_REFUND


def test_a_card_gets_its_money_back(
    client: Client, paid: PaymentAttempt, stripe: FakeStripe
) -> None:
    order = Order.objects.get()
    declared = withdraw(client, link(order))

    assert Refund.objects.get().amount == paid.amount
    declared.refresh_from_db()
    assert declared.answer == Withdrawal.Answer.DONE


def test_an_unpaid_order_is_cancelled(client: Client) -> None:
    invoice = make_invoice(issued=False)
    declared = withdraw(client, link(invoice.order or Order()))

    assert Order.objects.get().state == Order.State.CANCELLED
    assert Order.objects.get().cancelled_because == Order.Ending.CUSTOMER
    declared.refresh_from_db()
    assert declared.closed_at


def test_one_of_two_things(client: Client) -> None:
    order = paid_order(pieces=2)
    first = order.lines.earliest("pk")
    withdraw(client, link(order), lines=[first.pk])

    first.refresh_from_db()
    assert first.is_gone
    assert Invoice.objects.get(order=order).payable == Decimal(120)
    assert Order.objects.get().state == Order.State.OPEN


def test_a_stranger_cancels_nothing(client: Client) -> None:
    order = paid_order()
    withdraw(client, contract=f"{order}")
    carry_out_withdrawals()

    assert Order.objects.get().stage == order.stage
    assert Piece.objects.available().count() == 0


def test_the_contracts_mailbox_sets_it_off(client: Client) -> None:
    order = paid_order()
    withdraw(client, contract=f"{order}", email=order.email)
    [asked] = mails("invoices.withdrawn")
    address = next(word for word in asked.split() if "/mine/" in word)
    client.post(address.partition("testserver")[2])

    assert Piece.objects.available().count() == 1
    assert "we cancel it" in mails("invoices.withdrawal_next")[0]


@pytest.mark.parametrize(
    ("words", "standing"),
    [
        ("{order}, only the red one", Standing.DOUBTFUL),
        ("{order}", Standing.TO_CANCEL),
        ("https://shop.example.com/orders/{order.secret}/", Standing.TO_CANCEL),
    ],
)
def test_words_that_may_mean_a_part_are_read_by_staff(
    client: Client, words: str, standing: Standing
) -> None:
    order = paid_order(pieces=2)
    declared = Withdrawal.objects.create(
        name="Ann",
        contract=words.format(order=order),
        email="ann@example.com",
        site=SITE,
        idempotency_key="x",
        order=order,
        proven_by=Withdrawal.Proof.MAILBOX,
    )

    assert standing_of(declared) == standing
    said = "we read them" if standing == Standing.DOUBTFUL else "we cancel it"
    assert said in client.get(declared.get_absolute_url()).text
    carry_out_withdrawals()
    assert Piece.objects.available().count() == (0 if standing == Standing.DOUBTFUL else 2)


def test_what_was_sent_waits_for_its_things(client: Client, sam: User) -> None:
    ShopProfile.objects.update_or_create(pk=1, defaults={"name": "Old Things", "city": "Oldtown"})
    order = went_out(paid_order())
    declared = withdraw(client, link(order))

    assert standing_of(declared) == Standing.AWAITS_THINGS
    page = read(client, declared.get_absolute_url()).text
    assert "You pay for sending them back." in page
    assert "We may wait until we have the things" in page
    assert "Oldtown" in page
    client.force_login(sam)
    client.post(f"/admin/invoices/withdrawal/{declared.pk}/change/", {"has_returned": "on"})
    declared.refresh_from_db()
    assert standing_of(declared) == Standing.TO_TAKE_BACK

    wish = Wish([line.pk for line in order.lines.all()], "Withdrawn", by_hand=Payment.Method.CASH)
    take_back(order_id=order.pk, wish=wish, actor=sam)
    carry_out_withdrawals()
    declared.refresh_from_db()
    assert declared.answer == Withdrawal.Answer.DONE


def test_stripe_does_not_answer_and_the_timer_tries_again(
    client: Client, attempt: PaymentAttempt, stripe: FakeStripe
) -> None:
    stripe.troubles["close_session"] = [SILENT]
    stripe.troubles["fetch"] = [SILENT]
    order = Order.objects.get()
    declared = withdraw(client, link(order))
    assert Order.objects.get().state == Order.State.OPEN

    stripe.troubles.clear()
    assert carry_out_withdrawals() == 1
    assert Order.objects.get().state == Order.State.CANCELLED
    declared.refresh_from_db()
    assert declared.closed_at


def test_the_mail_server_is_dead_and_the_page_is_there(client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "no.such.Backend"
    declared = withdraw(client, contract="the lamp")

    assert declared.declared_words in read(client, declared.get_absolute_url()).text


@pytest.mark.parametrize(("days_ago", "doubt"), [(5, ""), (23, ""), (60, Doubt.LATE)])
def test_a_late_one_is_taken_and_answered(client: Client, days_ago: int, doubt: str) -> None:
    order = went_out(paid_order(), days_ago)
    declared = withdraw(client, link(order))

    assert doubt_of(declared) == doubt
    assert mails("invoices.withdrawn")
    if doubt:
        assert standing_of(declared) == Standing.DOUBTFUL
        assert "Somebody looks at it and answers you." in mails("invoices.withdrawn")[0]


def test_who_was_never_told_has_a_year_more(client: Client) -> None:
    order = went_out(paid_order(), 60)
    Order.objects.update(withdrawal_told_at=None)

    assert not doubt_of(withdraw(client, link(order)))


def test_what_is_made_to_a_wish_is_left_to_staff(client: Client) -> None:
    order = paid_order()
    order.lines.update(withdrawal_exception="made")
    declared = withdraw(client, link(order))

    assert standing_of(declared) == Standing.DOUBTFUL
    assert Order.objects.get().state == Order.State.OPEN


def test_a_business_has_no_right(client: Client) -> None:
    order = paid_order(for_business=True)

    assert doubt_of(withdraw(client, link(order))) == Doubt.BUSINESS


def test_staff_find_the_contract_and_know_the_customer(client: Client, sam: User) -> None:
    order = paid_order()
    declared = withdraw(client, contract="the chair for my aunt")
    client.force_login(sam)
    page = f"/admin/invoices/withdrawal/{declared.pk}/change/"

    refused = client.post(page, {"is_theirs": "on"})
    assert "Say which contract it is first." in refused.content.decode()
    client.post(page, {"found": f"{order}", "is_theirs": "on"})

    declared.refresh_from_db()
    assert (declared.order, declared.proven_by) == (order, "staff")
    assert Piece.objects.available().count() == 1


def test_staff_answer_once(client: Client, sam: User) -> None:
    declared = withdraw(client, contract="nothing")
    client.force_login(sam)
    page = f"/admin/invoices/withdrawal/{declared.pk}/change/"
    for _ in range(2):
        client.post(page, {"answer": "nothing", "words": "You have bought nothing here."})

    [mail] = mails("invoices.withdrawal_answer")
    assert "You have bought nothing here." in mail
    assert "there is no such contract" in read(client, declared.get_absolute_url()).text


@pytest.mark.parametrize(
    ("got", "told", "last"),
    [
        # The fourteenth day, and the Monday after it when it is a Saturday or a Sunday.
        (date(2026, 6, 1), date(2026, 5, 28), date(2026, 6, 15)),
        (date(2026, 6, 6), date(2026, 5, 28), date(2026, 6, 22)),
        # Good Friday leads to the Tuesday after Easter, Christmas Day of a Friday to the 28th.
        (date(2026, 3, 20), date(2026, 3, 1), date(2026, 4, 7)),
        (date(2026, 12, 11), date(2026, 12, 1), date(2026, 12, 28)),
        # Never told: twelve months more. Told a month later: fourteen days from then.
        (date(2026, 6, 1), None, date(2027, 6, 15)),
        (date(2024, 2, 15), None, date(2025, 2, 28)),
        (date(2026, 6, 1), date(2026, 7, 1), date(2026, 7, 15)),
    ],
)
def test_the_last_day_is_that_of_the_law(got: date, told: date | None, last: date) -> None:
    assert period_from(got, told).last_day == last


def test_the_last_day_ends_at_midnight_by_the_shops_clock() -> None:
    """Of a day with 25 hours, the change of which is at three."""
    with timezone.override(ZoneInfo("Europe/Berlin")):
        end = end_of(date(2026, 10, 25))
        period = period_from(date(2026, 10, 12), date(2026, 10, 1))

        assert end == datetime(2026, 10, 25, 23, tzinfo=ZoneInfo("UTC"))
        last = end_of(date(2026, 10, 26))
        assert period.has(last - timedelta(seconds=1))
        assert not period.has(last)


def test_before_it_went_out_the_time_has_not_begun() -> None:
    order = make_order(make_item())

    assert period_of_order(order).has(timezone.now() + timedelta(days=1000))


def test_what_is_told_before_ordering(client: Client) -> None:
    from invoices.tests.test_checkout import put_in_bag

    item = make_item(title="Ring", withdrawal_exception="made")
    put_in_bag(client, item)

    page = read(client, "/checkout/").text
    assert "until 14 days after you have got the last thing" in page
    assert "“Ring” is made to your wish: you have no right to withdraw" in page
    assert "none: it is made to your wish" in read(client, item.get_absolute_url()).text


def test_information_and_form_are_on_the_site_and_in_the_mail(client: Client) -> None:
    form = "I/We (*) hereby give notice that I/We (*) withdraw from my/our (*) contract of sale"
    assert form in read(client, "/right-of-withdrawal/").text

    order = paid_order()
    [mail] = mails("invoices.pay")
    assert form in mail
    assert "within 14 days without giving any reason" in mail
    assert f"Withdraw from contract here: https://shop.example.com{link(order)}" in mail


def test_the_owners_words_stand_instead_of_the_model(client: Client) -> None:
    ShopProfile.objects.update_or_create(pk=1, defaults={"withdrawal": "Thirty days <for> all."})
    page = read(client, "/right-of-withdrawal/").text

    assert "Thirty days <for> all." in page
    assert "hereby give notice" in page


def agreed(customer: User, staff: User, *, begin: bool) -> Quote:
    quote = make_quote(make_ticket(customer), "100.00")
    send_quote(quote_id=quote.pk, actor=staff, site=SITE)
    return decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE, begin=begin)


def move(quote: Quote, *statuses: str) -> None:
    for status in statuses:
        transition_ticket(ticket_id=quote.ticket_id, to=Status(status), actor=None, site=SITE)


def withdraw_from(client: Client, quote: Quote, *statuses: str) -> Withdrawal:
    move(quote, *statuses)
    return withdraw(client, f"/withdraw/{link_from_quote(quote)}/")


def test_a_repair_not_begun_is_cancelled_for_nothing(
    client: Client, alice: User, wren: User
) -> None:
    declared = withdraw_from(client, agreed(alice, wren, begin=True))

    declared.refresh_from_db()
    assert declared.answer == Withdrawal.Answer.DONE
    assert ServiceTicket.objects.get().status == Status.CANCELLED
    assert "you owe nothing for it" in mails("invoices.withdrawn")[0]


@pytest.mark.parametrize(
    ("begin", "statuses", "standing", "words"),
    [
        (True, ["in_progress"], Standing.TO_SETTLE, "you owe the part that was done"),
        (False, ["in_progress"], Standing.TO_SETTLE, "you owe nothing for it"),
        (True, ["in_progress", "ready"], Standing.DOUBTFUL, "the right to withdraw has ended"),
        (False, ["in_progress", "ready"], Standing.TO_SETTLE, "you owe nothing for it"),
    ],
)
def test_a_repair_begun(
    client: Client,
    alice: User,
    wren: User,
    begin: bool,
    statuses: list[str],
    standing: Standing,
    words: str,
) -> None:
    declared = withdraw_from(client, agreed(alice, wren, begin=begin), *statuses)

    assert standing_of(declared) == standing
    assert words in mails("invoices.withdrawn")[0]
    assert ServiceTicket.objects.get().status == statuses[-1]


def test_the_wish_to_begin_is_the_customers_own(client: Client, alice: User, wren: User) -> None:
    quote = make_quote(make_ticket(alice), "100.00")
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)
    [mail] = mails("repairs_restorals.quote")
    assert "hereby give notice" in mail
    box = read(client, quote.get_absolute_url()).form().select("[name=begin]")[0]
    assert not box.has_attr("checked")

    client.post(quote.get_absolute_url(), {"decision": "accept", "begin": "on"})
    assert Quote.objects.get().begin_wished_at
