from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD, link_in_mail, mails_sent
from repairs_restorals.models import ServiceTicket, Status, TicketImage, Workshop
from repairs_restorals.tests.factories import photo_file
from store.models import Piece
from store.tests.factories import make_item, make_order
from store.tests.pictures import upload

pytestmark = pytest.mark.django_db
URL = "/workshop/tickets/new/"
TYPED = {"title": "Barrel organ", "description": "It wheezes.", "kind": "repair"}


def file(client: Client, *photos: Any, **typed: str) -> Any:
    return client.post(URL, {**TYPED, **typed, "photos": photos}, follow=True)


def test_a_customer_files_a_ticket(client: Client, alice: User) -> None:
    client.force_login(alice)

    page = file(client, photo_file(), photo_file("back.jpg"))

    ticket = ServiceTicket.objects.get()
    assert page.redirect_chain == [(ticket.get_absolute_url(), 302)]
    assert (ticket.customer, ticket.status) == (alice, Status.SUBMITTED)
    assert ticket.images.count() == 2
    assert "Your ticket is W" in page.content.decode()


def test_status_and_customer_are_not_taken_from_the_form(
    client: Client, alice: User, bob: User
) -> None:
    client.force_login(alice)

    file(
        client, customer=str(bob.pk), status="ready", assignee=str(bob.pk), touched_at="2020-01-01"
    )

    ticket = ServiceTicket.objects.get()
    assert (ticket.customer, ticket.status, ticket.assignee) == (alice, "submitted", None)


def test_a_second_click_files_nothing_more(client: Client, alice: User) -> None:
    client.force_login(alice)
    token = client.get(URL).context["form"]["idempotency_key"].value()

    first = file(client, photo_file(), idempotency_key=token)
    second = file(client, photo_file(), idempotency_key=token)

    assert ServiceTicket.objects.count() == TicketImage.objects.count() == 1
    assert first.redirect_chain == second.redirect_chain


def test_the_eleventh_ticket_of_an_hour_waits_and_keeps_what_was_typed(
    client: Client, alice: User, bob: User
) -> None:
    client.force_login(alice)
    for _ in range(10):
        file(client)
    mails = len(mails_sent())
    refused = file(client, photo_file(), title="Music box")

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "You can file the next one at" in refused.content.decode()
    assert "Music box" in refused.content.decode()
    assert ServiceTicket.objects.count() == 10
    assert len(mails_sent()) == mails
    client.force_login(bob)
    assert file(client).redirect_chain


def test_two_customers_may_send_the_same_token(client: Client, alice: User, bob: User) -> None:
    for customer in (alice, bob):
        client.force_login(customer)
        file(client, idempotency_key="the same")

    assert ServiceTicket.objects.count() == 2


def test_a_refused_photo_keeps_the_ticket_and_the_other_photos(client: Client, alice: User) -> None:
    client.force_login(alice)

    page = file(client, photo_file(), upload(b"<svg>", "clock<b>.svg"))

    assert TicketImage.objects.count() == 1
    text = page.content.decode()
    assert "clock&lt;b&gt;.svg” was not taken: This is not a JPEG, PNG or WebP picture." in text


def test_a_visitor_makes_an_account_and_loses_nothing(client: Client) -> None:
    page = client.post(URL, {**TYPED, "go_ahead_limit": "50", "account": "new"}, follow=True)
    assert page.redirect_chain[0][0] == f"/accounts/register/?next={URL}"

    new = {"name": "Nora", "email": "nora@example.com", "password": PASSWORD, "next": URL}
    client.post("/accounts/register/", new)
    form = client.post(link_in_mail(), follow=True)

    text = form.content.decode()
    assert form.redirect_chain[-1][0] == URL
    assert "Barrel organ" in text
    assert "It wheezes." in text
    assert 'value="50"' in text
    assert 'type="file"' in text


def test_a_visitor_logs_in_and_loses_nothing(client: Client, alice: User) -> None:
    client.post(URL, {**TYPED, "account": "known"})

    login = {"username": alice.email, "password": PASSWORD, "next": URL}
    form = client.post("/accounts/login/", login, follow=True)
    file(client)

    assert "Barrel organ" in form.content.decode()
    assert ServiceTicket.objects.get().customer == alice
    assert "Barrel organ" not in client.get(URL).content.decode()


def test_nothing_typed_is_lost_when_something_is_missing(client: Client, alice: User) -> None:
    client.force_login(alice)

    page = file(client, description="", serial_number="N 17")

    text = page.content.decode()
    assert page.status_code == 200
    assert "Barrel organ" in text
    assert "N 17" in text
    assert not ServiceTicket.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("needed_by", "2020-01-31", "This day has passed."),
        ("needed_by", "soon", "Enter a valid date."),
        ("go_ahead_limit", "80,5o", "“o” does not belong to an amount in EUR."),
        ("go_ahead_limit", "-1", "greater than or equal to 0"),
        ("material_links", "javascript://alert(1)", "is not a web address"),
        ("material_links", "not//a link", "is not a web address"),
        ("kind", "magic", "magic is not one of the available choices"),
        ("category", "99999", "is not one of the available choices"),
    ],
)
def test_bad_input_is_answered_beside_the_field(
    client: Client, alice: User, field: str, value: str, says: str
) -> None:
    client.force_login(alice)

    page = file(client, **{field: value})

    assert any(says in error for error in page.context["form"].errors[field])


def test_several_links_are_kept_and_made_whole(client: Client, alice: User) -> None:
    client.force_login(alice)

    file(client, material_links="www.example.com/strings\nhttps://example.org/a?b=c")

    links = ["https://www.example.com/strings", "https://example.org/a?b=c"]
    assert ServiceTicket.objects.get().links == links


def test_only_things_bought_here_by_oneself_can_be_picked(
    client: Client, alice: User, bob: User
) -> None:
    mine, other = (
        make_order(make_item(), paid=True, customer=customer).lines.get().piece
        for customer in (alice, bob)
    )
    client.force_login(alice)

    refused = file(client, piece=str(other.pk))
    file(client, piece=str(mine.pk))

    assert "piece" in refused.context["form"].errors
    assert ServiceTicket.objects.get().piece == mine


def test_what_is_not_paid_is_not_bought(client: Client, alice: User) -> None:
    make_order(make_item(), customer=alice)
    client.force_login(alice)

    assert "piece" not in client.get(URL).context["form"].fields
    assert Piece.objects.filter(order__customer=alice).exists()


def test_customer_and_workshop_are_told(client: Client, alice: User, wren: User) -> None:
    workshop = Workshop.get_solo()
    workshop.default_assignee = wren
    workshop.save()
    client.force_login(alice)

    file(client)

    ticket = ServiceTicket.objects.get()
    assert ticket.assignee == wren
    to_alice, to_wren = mails_sent()
    assert (to_alice.to, to_wren.to) == ([alice.email], [wren.email])
    assert reverse("repairs:status", args=[ticket.status_secret]) in to_alice.body
    assert str(ticket.status_secret) not in to_wren.body
