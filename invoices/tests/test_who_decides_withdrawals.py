"""Nobody sends money back through a withdrawal who may not do it by hand."""

from typing import Any

import pytest
from django.test import Client

from accounts.confirmation import CONFIRMED
from accounts.groups import MANAGERS
from accounts.models import SecurityLogEntry, User
from accounts.tests.factories import make_staff
from invoices.models import PaymentAttempt, Refund, Withdrawal
from invoices.tests.test_withdrawing import withdraw
from invoices.withdrawals.acting import carry_out_withdrawals
from invoices.withdrawals.contracts import link_from_order
from invoices.withdrawals.standing import Standing, standing_of
from mail.models import Mail
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
