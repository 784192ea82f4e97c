"""Nobody sends money back through a withdrawal who may not do it by hand."""

from typing import Any

import pytest
from django.test import Client

from accounts.confirmation import CONFIRMED
from accounts.groups import MANAGERS
from accounts.models import SecurityLogEntry, User
from accounts.services import address_was_reached
from accounts.tests.factories import make_staff, make_user
from invoices.models import PaymentAttempt, Refund, Withdrawal
from invoices.payments.card import reconcile
from invoices.tests.card_steps import PRICE
from invoices.tests.fake_stripe import SILENT, FakeStripe
from invoices.tests.test_correcting import correct
from invoices.tests.test_withdrawing import withdraw
from invoices.withdrawals.acting import carry_out_withdrawals
from invoices.withdrawals.contracts import link_from_order
from invoices.withdrawals.handling import Handling, handle
from invoices.withdrawals.standing import Standing, standing_of
from mail.models import Mail
from repairs_restorals.models import ServiceTicket
from repairs_restorals.tests.board_steps import TAKE_IN, act
from repairs_restorals.tests.factories import make_ticket
from store.exceptions import VersionChanged
from store.models import Order
from store.tests.factories import make_item, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.many_acts]


def page_of(withdrawal: Withdrawal) -> str:
    return f"/admin/invoices/withdrawal/{withdrawal.pk}/change/"


@pytest.fixture
def declared(paid: PaymentAttempt) -> Withdrawal:
    """By a stranger, from an order that was paid by card."""
    return withdraw(Client(), contract=f"{Order.objects.get()}")


@pytest.fixture
def boss(db: None) -> User:
    return make_staff("boss@example.com", group=MANAGERS)


@pytest.mark.parametrize("who", ["sam", "wren"])
def test_staff_without_the_right_to_refund_only_note_it(
    client: Client, declared: Withdrawal, who: str, sam: User, wren: User
) -> None:
    client.force_login({"sam": sam, "wren": wren}[who])
    answer = client.post(page_of(declared), {"is_theirs": "on"}, follow=True)
    carry_out_withdrawals()

    assert "A manager decides" in answer.text
    declared.refresh_from_db()
    assert standing_of(declared) == Standing.VOUCHED
    assert not Refund.objects.exists()
    assert Order.objects.get().state == Order.State.OPEN


def test_a_manager_decides_under_their_own_name(
    client: Client, declared: Withdrawal, boss: User
) -> None:
    client.force_login(boss)
    client.post(page_of(declared), {"is_theirs": "on"})

    assert Refund.objects.get().actor == boss
    entry = SecurityLogEntry.objects.get(event="money_back")
    assert (entry.user, entry.about) == (boss, f"{Order.objects.get()}")


@pytest.mark.parametrize("typed", [{"is_theirs": "on"}, {"answer": "late"}, {"found": "R1"}])
def test_the_password_is_asked_for_again(
    client: Client, declared: Withdrawal, boss: User, typed: dict[str, str]
) -> None:
    client.force_login(boss)
    session: Any = client.session
    session[CONFIRMED] -= 16 * 60
    session.save()
    typed = {name: f"R{declared.order_id}" if name == "found" else typed[name] for name in typed}
    answer = client.post(page_of(declared), typed)

    assert answer.headers["Location"].startswith("/accounts/confirm/")
    declared.refresh_from_db()
    assert (declared.proven_by, declared.answer, declared.handled_by) == ("", "", None)


def test_another_contracts_mailbox_proves_nothing(
    client: Client, declared: Withdrawal, wren: User
) -> None:
    """A clerk withdraws from an order of her own, and then says that it is about this one."""
    own = make_order(make_item(), email=wren.email, customer=None)
    trick = withdraw(Client(), contract=f"{own}")
    asked = Mail.objects.get(event="invoices.withdrawal_check", to=wren.email).text
    link = next(word for word in asked.split() if "/mine/" in word).partition("testserver")[2]
    client.force_login(wren)
    client.post(page_of(trick), {"found": f"R{declared.order_id}"})

    assert Client().post(link).status_code == 404
    assert not Refund.objects.exists()


def test_a_link_that_was_declared_is_shown_to_no_staff(client: Client, sam: User) -> None:
    order = make_order(make_item(), customer=None)
    link = link_from_order(order)
    declared = withdraw(Client(), contract=f"https://shop.example.com/withdraw/{link}/")
    client.force_login(sam)
    listed = "/admin/invoices/withdrawal/"

    for address in (page_of(declared), listed, f"{listed}?q={order}"):
        page = client.get(address).text
        assert "shop.example.com/withdraw/…" in page
        assert link not in page
    assert client.get(f"{listed}?contract__startswith=a").status_code == 400
    about = Mail.objects.filter(event="invoices.withdrawn").values_list("about", flat=True)
    assert link not in about[0]


def test_an_address_that_a_clerk_has_given_waits_for_a_manager(
    client: Client, paid: PaymentAttempt, sam: User, boss: User
) -> None:
    order = Order.objects.get()
    client.force_login(sam)
    correct(client, order, email=sam.email)
    order.refresh_from_db()
    declared = withdraw(Client(), f"/withdraw/{link_from_order(order)}/")
    carry_out_withdrawals()
    client.post(page_of(declared), {"is_theirs": "on"})

    assert standing_of(declared) == Standing.VOUCHED
    assert "somebody of the shop looks at it" in client.get(declared.get_absolute_url()).text
    assert not Refund.objects.exists()
    client.force_login(boss)
    client.post(page_of(declared), {"is_theirs": "on"})
    assert Refund.objects.get().actor == boss


def test_an_address_that_a_manager_has_given_is_the_customers(
    client: Client, paid: PaymentAttempt, boss: User
) -> None:
    order = Order.objects.get()
    client.force_login(boss)
    correct(client, order, email="ann@new.example.com")
    order.refresh_from_db()
    withdraw(Client(), f"/withdraw/{link_from_order(order)}/")

    assert Refund.objects.get().actor is None


def test_the_password_is_asked_for_again_when_an_order_gets_another_address(
    client: Client, paid: PaymentAttempt, sam: User
) -> None:
    client.force_login(sam)
    session: Any = client.session
    session[CONFIRMED] -= 16 * 60
    session.save()
    order = Order.objects.get()

    assert correct(client, order, phone="030 555777").redirect_chain[0][0].startswith("/admin/")
    asked = correct(client, order, email=sam.email)
    assert asked.redirect_chain[0][0].startswith("/accounts/confirm/")
    assert Order.objects.get().email == order.email


def test_what_was_vouched_for_unpaid_waits_once_a_card_has_paid(
    client: Client, attempt: PaymentAttempt, stripe: FakeStripe, sam: User
) -> None:
    declared = withdraw(Client(), contract=f"{Order.objects.get()}")
    client.force_login(sam)
    stripe.troubles["fetch"] = [SILENT]
    client.post(page_of(declared), {"is_theirs": "on"})
    assert Withdrawal.objects.get().proven_by == "staff"
    stripe.pay(attempt.session_id, "pi_1", pi_1=PRICE)
    reconcile(attempt)
    carry_out_withdrawals()

    assert standing_of(Withdrawal.objects.get()) == Standing.VOUCHED
    assert not Refund.objects.exists()


def test_what_a_card_pays_while_somebody_vouches_waits(
    client: Client, attempt: PaymentAttempt, stripe: FakeStripe, sam: User
) -> None:
    declared = withdraw(Client(), contract=f"{Order.objects.get()}")
    client.force_login(sam)
    stripe.pay(attempt.session_id, "pi_1", pi_1=PRICE)
    client.post(page_of(declared), {"is_theirs": "on"})
    carry_out_withdrawals()

    assert Order.objects.get().paid_at
    assert standing_of(Withdrawal.objects.get()) == Standing.VOUCHED
    assert not Refund.objects.exists()


def test_an_account_stops_no_repair_that_it_does_not_see(client: Client) -> None:
    """What staff file under an address that was not checked is for whoever reads its mail."""
    mallory = make_user("walt@example.com", email_checked_at=None)
    ticket = make_ticket(mallory)
    client.force_login(mallory)
    declared = withdraw(client, contract=f"{ticket.reference}")
    carry_out_withdrawals()

    assert standing_of(declared) == Standing.UNPROVEN
    ticket.refresh_from_db()
    assert ticket.status == "submitted"


@pytest.mark.parametrize("way", ["at once", "later"])
@pytest.mark.parametrize("logged_in", [False, True])
def test_an_address_that_a_clerk_has_given_stops_no_repair(
    client: Client, sam: User, wren: User, way: str, *, logged_in: bool
) -> None:
    ticket = taken_in(client, sam, "hers@example.com" if way == "at once" else "")
    if way == "later":
        act(client, ticket, "address", email="hers@example.com")
    visitor = Client()
    if logged_in:
        address_was_reached(user=User.objects.get(email="hers@example.com"))
        visitor.force_login(User.objects.get(email="hers@example.com"))
    declared = withdraw(visitor, contract=ticket.reference, email="hers@example.com")
    if not logged_in:
        follow_mailbox(visitor, "hers@example.com")
    client.post(page_of(declared), {"is_theirs": "on"})
    carry_out_withdrawals()

    declared.refresh_from_db()
    assert (declared.is_proven, standing_of(declared)) == (True, Standing.VOUCHED)
    ticket.refresh_from_db()
    assert ticket.status == "submitted"
    client.force_login(wren)
    client.post(page_of(declared), {"is_theirs": "on"})
    ticket.refresh_from_db()
    assert ticket.status == "cancelled"


def test_an_address_that_the_workshop_has_given_is_the_customers(
    client: Client, wren: User
) -> None:
    ticket = taken_in(client, wren, "walt@example.com")
    withdraw(Client(), contract=ticket.reference, email="walt@example.com")
    follow_mailbox(Client(), "walt@example.com")

    ticket.refresh_from_db()
    assert ticket.status == "cancelled"


def taken_in(client: Client, actor: User, email: str) -> ServiceTicket:
    client.force_login(actor)
    thing = {"title": "Radio", "description": "It hums.", "kind": "repair"}
    person = {"name": "Ann Schmidt", "phone": "030 555777", "email": email}
    client.post(TAKE_IN, {**thing, **person})
    return ServiceTicket.objects.get()


def follow_mailbox(visitor: Client, email: str) -> None:
    """Press the button that the contract's mailbox was sent."""
    mails = Mail.objects.filter(to=email, text__contains="/mine/")
    words = mails.latest("pk").text.split()
    visitor.post(next(word for word in words if "/mine/" in word).partition("testserver")[2])


def test_nobody_decides_about_another_contract_than_was_shown(
    client: Client, declared: Withdrawal, boss: User, sam: User
) -> None:
    """A clerk says that it is about another order while a manager looks at the page."""
    other = make_order(make_item(), customer=None)
    client.force_login(boss)
    shown = client.get(page_of(declared)).context["adminform"].form["shown"].value()
    clerk = Client()
    clerk.force_login(sam)
    clerk.post(page_of(declared), {"found": f"{other}"})

    answer = client.post(page_of(declared), {"shown": shown, "is_theirs": "on"})
    with pytest.raises(VersionChanged):
        handle(withdrawal_id=declared.pk, handling=Handling(shown, is_theirs=True), actor=boss)

    assert f"another contract by now than when you opened the page: {other}" in answer.text
    declared.refresh_from_db()
    assert declared.proven_by == ""
    assert not Order.objects.filter(state=Order.State.CANCELLED).exists()
    seen = answer.context["adminform"].form["shown"].value()
    client.post(page_of(declared), {"shown": seen, "is_theirs": "on"})
    assert Order.objects.get(state=Order.State.CANCELLED) == other
    declared.refresh_from_db()
    assert (declared.answer, declared.handled_by) == (Withdrawal.Answer.DONE, boss)
