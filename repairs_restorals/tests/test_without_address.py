"""Things taken in from people who have no e-mail address, and what becomes of them later."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader
from pytest_django.fixtures import Settings

from accounts.confirmation import CONFIRMED
from accounts.models import Customer, SecurityLogEntry, User
from accounts.tests.factories import make_user
from mail.models import Mail
from repairs_restorals.models import Quote, ServiceTicket, Status, TicketMessage
from repairs_restorals.services import transition_ticket
from repairs_restorals.tests.board_steps import TAKE_IN, act, action, messages_in
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket, photo_file

pytestmark = pytest.mark.usefixtures("private_media")
WALK_IN = {"name": "Walt Inn", "phone": "030 555777", "title": "Clarinet", "kind": "repair"}


def take_in(client: Client, **data: Any) -> Any:
    return client.post(TAKE_IN, {**WALK_IN, "description": "A key sticks.", **data}, follow=True)


def test_name_and_phone_suffice(workshop: Client) -> None:
    answer = take_in(workshop, photos=[photo_file(), photo_file()])

    ticket = ServiceTicket.objects.get()
    walt = ticket.customer
    assert (walt.name, walt.email, walt.customer.phone) == ("Walt Inn", "", "030 555777")
    assert not walt.has_usable_password()
    assert ticket.images.count() == 2
    assert not Mail.objects.filter(to__in=["", "030 555777"]).exists()
    assert f'href="{action(ticket, "papers")}"' in messages_in(answer)[0]
    assert "No e-mail address: nothing is mailed." in answer.text


def test_somebody_has_to_be_reached_somehow(workshop: Client) -> None:
    answer = take_in(workshop, phone="")

    assert set(answer.context["form"].errors) == {"phone"}
    assert b"A key sticks.</textarea>" in answer.content
    assert not User.objects.filter(name="Walt Inn").exists()


def test_who_comes_again_is_the_same_and_a_namesake_is_not(workshop: Client) -> None:
    for data in ({}, {"phone": "+49 30 555-777", "name": "walt inn"}, {"phone": "030 555778"}):
        take_in(workshop, **data)
    take_in(workshop, name="Wilma Inn")

    first, second, *others = ServiceTicket.objects.order_by("pk")
    assert first.customer == second.customer
    assert len({first.customer, *(ticket.customer for ticket in others)}) == 3


def test_a_phone_that_only_ends_alike_is_somebody_elses(workshop: Client) -> None:
    for phone in ("0171 55 34 567", "34567", "5534567", "+49 171 5534567", "34567"):
        take_in(workshop, phone=phone)

    owners = [ticket.customer_id for ticket in ServiceTicket.objects.order_by("pk")]
    assert len({*owners}) == 3
    assert (owners[0], owners[1]) == (owners[3], owners[4])


def test_a_phone_alone_leads_into_nobodys_account(workshop: Client, alice: User) -> None:
    Customer.objects.filter(user=alice).update(phone=WALK_IN["phone"])
    take_in(workshop, name=alice.name)

    assert ServiceTicket.objects.get().customer != alice


def test_a_double_click_takes_in_one_thing(workshop: Client) -> None:
    for _ in range(2):
        take_in(workshop, idempotency_key="the same")

    assert ServiceTicket.objects.count() == User.objects.filter(email="").count() == 1


def give(client: Client, email: str) -> Any:
    take_in(client)
    return act(client, ServiceTicket.objects.get(), "address", email=email)


def test_of_an_address_without_a_mail_server_no_mail_is_promised(
    workshop: Client, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "mail.unsent.EmailBackend"

    said = messages_in(give(workshop, "walt@example.com"))
    assert said == ["The address is written down: walt@example.com."]


def test_an_address_that_comes_later_gets_the_mails(workshop: Client, wren: User) -> None:
    answer = give(workshop, "Walt@Example.com")

    ticket = ServiceTicket.objects.get()
    assert ticket.customer.email == "walt@example.com"
    assert messages_in(answer) == ["Mails about it go to walt@example.com from now on."]
    transition_ticket(ticket_id=ticket.pk, to=Status.ASSESSING, actor=wren, site=SITE)
    assert Mail.objects.filter(to="walt@example.com").count() == 1
    entry = SecurityLogEntry.objects.get(event="address_changed")
    assert (entry.user, entry.about) == (ticket.customer, f"–, by {wren}")


def test_an_account_with_that_address_has_the_ticket_from_then_on(
    workshop: Client, alice: User
) -> None:
    take_in(workshop, title="Flute")
    answer = act(workshop, ServiceTicket.objects.get(), "address", email=alice.email)

    ticket = ServiceTicket.objects.for_customer(alice).get()
    assert messages_in(answer) == [f"All of it stands in the account of {alice.email} now."]
    walt = User.objects.get(name="Walt Inn")
    assert (walt.is_active, walt.merged_into) == (False, alice)
    alice.customer.refresh_from_db()
    assert (ticket.customer, alice.customer.phone) == (alice, "030 555777")


def test_a_strangers_account_gets_nothing(workshop: Client) -> None:
    stranger = make_user("walt@example.com", email_checked_at=None)
    answer = give(workshop, stranger.email)

    assert "a stranger may have opened it" in messages_in(answer)[0]
    assert f'value="{stranger.email}"' in answer.text
    assert ServiceTicket.objects.get().customer.email == ""


def test_whoever_has_an_address_is_joined_with_nobody_here(
    workshop: Client, alice: User, bob: User
) -> None:
    answer = act(workshop, make_ticket(alice), "address", email=bob.email)

    assert messages_in(answer) == ["There is an e-mail address already."]
    assert ServiceTicket.objects.get().customer == alice


def test_nobody_is_joined_with_a_colleague(workshop: Client, wren: User) -> None:
    answer = give(workshop, wren.email)

    assert messages_in(answer) == ["Somebody who works here is joined with nobody."]
    assert ServiceTicket.objects.get().customer.email == ""


def test_shop_staff_who_take_in_write_down_the_address_and_strangers_do_not(
    client: Client, sam: User, alice: User
) -> None:
    client.force_login(sam)
    give(client, "walt@example.com")
    ticket = ServiceTicket.objects.get()
    assert ticket.customer.email == "walt@example.com"

    client.force_login(alice)
    User.objects.filter(pk=ticket.customer_id).update(email="")
    client.post(action(ticket, "address"), {"address-email": "mallory@example.com"})
    ticket.customer.refresh_from_db()
    assert ticket.customer.email == ""


def test_nobody_logs_in_without_an_address(workshop: Client, client: Client) -> None:
    for name in ("Walt Inn", "Wilma Inn"):
        take_in(workshop, name=name)
    client.logout()
    for password in ("", "x", *User.objects.filter(email="").values_list("password", flat=True)):
        answer = client.post("/accounts/login/", {"username": "", "password": password})
        assert answer.status_code == 200
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key("")


def test_receipt_and_label_are_one_pdf(workshop: Client) -> None:
    take_in(workshop)
    ticket = ServiceTicket.objects.get()

    pdf = BytesIO(workshop.get(action(ticket, "papers")).content)
    assert sizes_of(pdf) == [(148, 210), (105, 148)]


def sizes_of(pdf: BytesIO) -> list[tuple[int, int]]:
    """Width and height of each page, in millimetres."""
    boxes = [page.mediabox for page in PdfReader(pdf).pages]
    return [(round(box.width / 72 * 25.4), round(box.height / 72 * 25.4)) for box in boxes]


@pytest.mark.parametrize("what", ["message", "quote", "photo"])
def test_who_does_not_see_the_work_gives_no_address_that_reads_it(
    client: Client, sam: User, wren: User, what: str
) -> None:
    client.force_login(sam)
    take_in(client, photos=[photo_file()])
    ticket = ServiceTicket.objects.get()
    if what == "message":
        TicketMessage.objects.create(ticket=ticket, author=wren, body="Cracked.")
    elif what == "quote":
        make_quote(ticket)
        Quote.objects.update(state=Quote.State.SENT)
    else:
        ticket.images.update(added_by=wren)
    answer = act(client, ticket, "address", email="sam.at.home@example.com")

    assert "ask a colleague of the workshop" in messages_in(answer)[0]
    assert ServiceTicket.objects.get().customer.email == ""
    client.force_login(wren)
    act(client, ticket, "address", email="walt@example.com")
    assert ServiceTicket.objects.get().customer.email == "walt@example.com"


def test_an_address_is_given_after_the_password_alone(workshop: Client) -> None:
    take_in(workshop)
    session: Any = workshop.session
    session[CONFIRMED] -= 16 * 60
    session.save()
    answer = act(workshop, ServiceTicket.objects.get(), "address", email="walt@example.com")

    assert answer.redirect_chain[0][0].startswith("/accounts/confirm/")
    assert ServiceTicket.objects.get().customer.email == ""
