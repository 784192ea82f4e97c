"""What was withdrawn is said alike wherever the contract is shown, and only the rest is offered."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from invoices.mail.orders import notify_about_order
from invoices.models import Withdrawal
from invoices.orders.transitions import cancel_order
from invoices.tests.admin_steps import make_invoice
from invoices.tests.test_withdrawals_carried_out import (
    agreed,
    link,
    paid_order,
    went_out,
    withdraw_from,
)
from invoices.tests.test_withdrawing import SAID, withdraw
from invoices.withdrawals.acting import close
from invoices.withdrawals.contracts import link_from_quote
from invoices.withdrawals.settling import settle
from mail.models import Mail
from repairs_restorals.services import write_message
from repairs_restorals.tests.factories import SITE
from store.models import Order
from store.tests.factories import make_item

pytestmark = [pytest.mark.django_db, pytest.mark.many_acts]
TOLD = re.compile(r"(?:withdrew|Withdrawn) on [^:]*: *Chair \((\S+)\)[ .(]")
REST = "Nothing else is left of this contract"


def told_in(page: str) -> list[str]:
    return TOLD.findall(re.sub(r"<[^>]+>", "", page))


def offered(client: Client, address: str) -> list[int]:
    field: Any = client.get(address).context["form"].fields.get("lines")
    return [pk for pk, _label in field.choices] if field else []


def test_pages_form_and_mails_agree_on_what_was_withdrawn(client: Client, sam: User) -> None:
    order = paid_order(pieces=3)
    first, second, third = order.lines.order_by("pk")
    # One before it went out, which is off the order; one after, which is to come back.
    withdraw(client, link(order), lines=[first.pk])
    withdraw(client, link(went_out(order)), lines=[second.pk])

    form = client.get(link(order)).text
    page = client.get(order.get_absolute_url()).text
    mail = notify_about_order(order.pk, "collect", SITE)
    client.force_login(sam)
    desk = client.get(reverse("admin:store_order_change", args=[order.pk])).text
    said = [form, page, mail.text if mail else "", desk]
    assert [told_in(each) for each in said] == [[f"{first.piece}", f"{second.piece}"]] * 4
    assert offered(client, link(order)) == [third.pk]


def test_the_mail_about_what_is_left_of_an_order_leads_to_withdrawing_from_that(
    client: Client,
) -> None:
    order = make_invoice(make_item(title="Chair", pieces=2), issued=False).order or Order()
    withdraw(client, link(order), lines=[order.lines.earliest("pk").pk])

    mail = Mail.objects.get(event="invoices.dropped").text
    assert len(told_in(mail)) == 1
    assert "Withdraw from contract here: " in mail


@pytest.mark.parametrize("event", ["placed", "remind", "discount", "ship", "collect"])
def test_mails_about_an_order_lead_to_withdrawing_from_it(event: str) -> None:
    order = make_invoice(issued=False).order or Order()

    mail = notify_about_order(order.pk, event, SITE)

    assert mail
    assert f"Withdraw from contract here: {SITE}{link(order)}" in mail.text


def test_what_the_workshop_writes_of_an_agreed_repair_leads_to_withdrawing_from_it(
    alice: User, wren: User
) -> None:
    quote = agreed(alice, wren, begin=False)
    said: dict[str, Any] = {"body": "The glue is dry.", "from_workshop": True, "site": SITE}
    write_message(ticket_id=quote.ticket_id, author=wren, **said)

    mail = Mail.objects.get(event="repairs_restorals.message")
    assert f"Withdraw from contract here: {SITE}/withdraw/" in mail.text


def test_what_was_withdrawn_meanwhile_is_not_taken_once_more(client: Client) -> None:
    order = went_out(paid_order(pieces=2))
    first, second = order.lines.order_by("pk")
    withdraw(client, link(order), lines=[first.pk])

    answer = client.post(link(order), {**SAID, "lines": [first.pk, second.pk]})

    assert "You have withdrawn from some of it meanwhile" in answer.text
    assert Withdrawal.objects.count() == 1


def test_when_nothing_is_left_the_form_leads_to_the_confirmation(client: Client) -> None:
    order = went_out(paid_order(pieces=2))
    declared = [withdraw(client, link(order), lines=[line.pk]) for line in order.lines.all()]

    form = client.get(link(order)).text
    assert REST in form
    assert 'name="email"' not in form
    assert all(each.get_absolute_url() in form for each in declared)
    page = client.get(order.get_absolute_url()).text
    mail = notify_about_order(order.pk, "ship", SITE)
    assert f"/withdraw/{order.secret}/" not in page
    assert mail
    assert "/withdraw/" not in mail.text
    # A page that was open before sends it once more: of all that is left, the last is told.
    assert withdraw(Client(), link(order)) == declared[-1]


def test_a_part_of_what_was_withdrawn_is_the_same(client: Client) -> None:
    order = went_out(paid_order(pieces=2))
    opened_before = offered(client, link(order))
    client.post(link(order), {**SAID, "lines": opened_before[:1]})
    whole = withdraw(Client(), link(order), lines=opened_before)

    assert client.post("/withdraw/confirm/").headers["Location"] == whole.get_absolute_url()
    assert Withdrawal.objects.count() == 1


def test_who_has_proved_nothing_is_led_to_no_confirmation(client: Client) -> None:
    order = went_out(paid_order())
    declared = withdraw(client, link(order))

    form = Client().get(f"/withdraw/{order.secret}/").text
    assert REST in form
    assert declared.get_absolute_url() not in form


def test_what_was_answered_with_no_is_offered_again(client: Client, sam: User) -> None:
    order = went_out(paid_order(pieces=2))
    first, second = order.lines.order_by("pk")
    close(withdraw(client, link(order), lines=[first.pk]), Withdrawal.Answer.LATE, sam)

    assert offered(client, link(order)) == [first.pk, second.pk]
    assert "the time to withdraw was over" in client.get(link(order)).text


def test_other_words_that_may_mean_a_part_are_another_declaration(
    client: Client, alice: User
) -> None:
    order = paid_order(pieces=2, customer=alice)
    client.force_login(alice)
    red, again, blue = (
        withdraw(client, contract=f"{order}, the {colour} one") for colour in ("red", "red", "blue")
    )

    assert (red == again, red == blue) == (True, False)
    assert len(offered(client, link(order))) == 2
    assert f"{order}, the blue one" in client.get(order.get_absolute_url()).text


def test_a_cancelled_order_offers_nothing(client: Client) -> None:
    order = make_invoice(issued=False).order or Order()
    cancel_order(order_id=order.pk, actor=None)

    assert "it is cancelled, or all of it was taken back" in client.get(link(order)).text


def test_a_repair_that_was_settled_offers_nothing_more(
    client: Client, alice: User, wren: User
) -> None:
    quote = agreed(alice, wren, begin=False)
    declared = withdraw_from(client, quote, "in_progress")
    settle(withdrawal_id=declared.pk, owed=Decimal(0), actor=wren)

    form = client.get(f"/withdraw/{link_from_quote(quote)}/").text
    assert REST in form
    assert declared.get_absolute_url() in form
    status = client.get(quote.ticket.link_address).text
    assert "You withdrew on" in status
    assert "/withdraw/" not in status.split("<footer")[0]
    mail = Mail.objects.filter(event="repairs_restorals.moved").latest("pk").text
    assert "You withdrew on" in mail
    assert "Withdraw from contract here" not in mail
