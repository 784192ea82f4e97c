from datetime import timedelta
from typing import Any

import pytest
from django.db.models import CharField, TextField
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Customer, User
from accounts.registering import forget_waiting
from accounts.services import address_was_reached
from accounts.tests.factories import PASSWORD, mails_sent, make_user
from mail.models import Mail
from repairs_restorals.exceptions import SeenByOthers
from repairs_restorals.forms import FILED
from repairs_restorals.intake import find_or_add_customer
from repairs_restorals.merging import merge_tickets
from repairs_restorals.models import ServiceTicket
from repairs_restorals.services import file_ticket
from repairs_restorals.tests.board_steps import TAKE_IN, act, action, messages_in
from repairs_restorals.tests.factories import SITE, make_ticket, photo_file
from store.models import Item
from store.tests.pictures import upload

pytestmark = pytest.mark.usefixtures("private_media")
WALK_IN = {
    "email": "Walt@Example.com",
    "name": "Walt Inn",
    "phone": "030 555",
    "title": "Clarinet",
    "description": "A key sticks.",
    "condition": "No case.",
    "kind": "repair",
}


def take_in(client: Client, **data: Any) -> Any:
    return client.post(TAKE_IN, {**WALK_IN, **data}, follow=True)


def test_a_stranger_gets_an_account_without_a_password(workshop: Client, wren: User) -> None:
    answer = take_in(workshop, photos=[photo_file(), photo_file()])

    ticket = ServiceTicket.objects.get()
    walt = ticket.customer
    assert (walt.email, walt.name, walt.customer.phone) == (
        "walt@example.com",
        "Walt Inn",
        "030 555",
    )
    assert not walt.has_usable_password()
    assert (ticket.title, ticket.condition, ticket.status) == ("Clarinet", "No case.", "submitted")
    assert ticket.images.count() == 2
    assert ticket.events.get(kind="filed").actor == wren
    assert ["walt@example.com"] in [sent.to for sent in mails_sent()]
    assert f'href="{action(ticket, "papers")}"' in messages_in(answer)[0]


def test_who_has_an_account_keeps_name_and_phone(workshop: Client, alice: User) -> None:
    Customer.objects.filter(user=alice).update(phone="0123")
    answer = take_in(workshop, email="ALICE@example.com", name="Mallory", phone="999")

    ticket = ServiceTicket.objects.get()
    assert ticket.customer == alice
    alice.refresh_from_db()
    assert (alice.name, alice.customer.phone) == ("Alice", "0123")
    assert alice.has_usable_password()
    assert messages_in(answer)[-1] == "The account keeps its name, Alice."


def test_a_phone_is_written_down_where_there_is_none(workshop: Client, alice: User) -> None:
    take_in(workshop, email=alice.email, name="Alice")
    alice.customer.refresh_from_db()
    assert alice.customer.phone == "030 555"


def test_a_double_click_takes_in_one_thing(workshop: Client) -> None:
    for _ in range(2):
        answer = take_in(workshop, idempotency_key="the same")
    assert ServiceTicket.objects.count() == 1
    assert answer.status_code == 200


def test_the_same_form_for_another_address_is_another_ticket(workshop: Client) -> None:
    take_in(workshop, idempotency_key="the same")
    take_in(workshop, idempotency_key="the same", email="other@example.com")
    assert ServiceTicket.objects.count() == 2


def test_bad_input_is_refused_beside_its_field_and_kept(workshop: Client) -> None:
    bad = {"email": "walt", "name": "-", "title": "", "needed_by": "soon", "go_ahead_limit": "-1"}
    answer = take_in(workshop, **bad, piece="none such")

    assert set(answer.context["form"].errors) == {*bad, "piece"}
    assert b"A key sticks.</textarea>" in answer.content
    assert not ServiceTicket.objects.exists()
    assert not User.objects.filter(is_staff=False).exists()


def test_a_thing_from_the_shop_is_found_by_its_stock_number(workshop: Client, clock: Item) -> None:
    piece = clock.pieces.get()
    take_in(workshop, piece=f" {piece.stock_number.lower()} ")
    assert ServiceTicket.objects.get().piece == piece


def test_nothing_of_the_ticket_can_be_forged(workshop: Client, bob: User) -> None:
    take_in(workshop, customer=bob.pk, status="ready", assignee=bob.pk, status_secret="known")

    ticket = ServiceTicket.objects.get()
    assert (ticket.customer.email, ticket.status) == ("walt@example.com", "submitted")
    assert (ticket.assignee, ticket.status_secret == "known") == (None, False)


def test_an_account_that_waits_stays_for_what_was_filed_under_it(workshop: Client) -> None:
    new = {"name": "Walt", "email": "walt@example.com", "password": PASSWORD}
    workshop.logout()
    workshop.post("/accounts/register/", new)
    walt = User.objects.get(email="walt@example.com")
    make_ticket(walt)
    User.objects.update(date_joined=timezone.now() - timedelta(days=15))

    assert (forget_waiting(), forget_waiting()) == (1, 0)

    walt.refresh_from_db()
    assert (walt.is_waiting, walt.is_strangers) == (False, False)


def test_the_same_person_is_added_once(db: None) -> None:
    first, second = (
        find_or_add_customer(email="walt@example.com", name="Walt", phone="") for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize("paper", ["label", "receipt", "papers"])
def test_papers_are_pdfs_that_nothing_keeps(
    workshop: Client, ticket: ServiceTicket, paper: str
) -> None:
    answer = workshop.get(action(ticket, paper))

    assert answer.content.startswith(b"%PDF")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    name = f'inline; filename="{ticket.reference}-{paper}.pdf"'
    assert answer.headers["Content-Disposition"] == name


def test_a_receipt_without_a_status_link_is_printed_too(
    workshop: Client, ticket: ServiceTicket
) -> None:
    with_link = workshop.get(action(ticket, "receipt")).content
    ServiceTicket.objects.filter(pk=ticket.pk).update(status_secret=None)
    assert workshop.get(action(ticket, "receipt")).content != with_link


@pytest.fixture
def stranger(db: None) -> User:
    """An account that somebody has opened with an address that may not be theirs."""
    return make_user("walt@example.com", name="Mallory Wins", email_checked_at=None)


def test_staff_are_asked_before_a_stranger_gets_a_ticket(workshop: Client, stranger: User) -> None:
    answer = take_in(workshop, photos=[photo_file()])

    assert set(answer.context["form"].errors) == {"into_unchecked"}
    assert "opened on" in answer.text
    assert "“Mallory Wins”" in answer.text
    assert "A key sticks.</textarea>" in answer.text
    assert not ServiceTicket.objects.exists()

    take_in(workshop, into_unchecked="on")
    assert ServiceTicket.objects.get().customer == stranger


def test_nobody_is_asked_about_accounts_of_which_nobody_has_a_password(workshop: Client) -> None:
    for _ in range(2):
        page = take_in(workshop)

    assert ServiceTicket.objects.count() == 2
    assert "walt@example.com</a> (not checked)" in page.text


def test_a_stranger_sees_nothing_that_others_file(
    workshop: Client, stranger: User, client: Client
) -> None:
    take_in(workshop, into_unchecked="on", photos=[photo_file()])
    ticket = ServiceTicket.objects.get()
    photo = ticket.images.get()
    own = file_ticket(ticket=ServiceTicket(customer=stranger, title="Drum"), site=SITE)
    client.force_login(stranger)
    pages = [
        ticket.get_absolute_url(),
        reverse("repairs:photo", args=[ticket.pk, photo.pk, "large"]),
    ]

    assert [client.get(page).status_code for page in pages] == [404, 404]
    listed = client.get(reverse("repairs:ticket-list")).text
    assert own.reference in listed
    assert ticket.reference not in listed
    assert "Mail me the link" in listed
    assert client.get(own.get_absolute_url()).status_code == 200
    assert not ticket.is_of(stranger)

    address_was_reached(user=stranger)
    assert [client.get(page).status_code for page in pages] == [200, 200]
    assert ticket.is_of(stranger)


def test_mails_say_nothing_that_a_stranger_typed(stranger: User, alice: User) -> None:
    fields: list[Any] = [ServiceTicket._meta.get_field(name) for name in FILED]
    texts = [each for each in fields if isinstance(each, CharField | TextField)]
    typed = {each.name: "Win A Car" for each in texts if not each.choices}
    for customer in (stranger, alice):
        file_ticket(ticket=ServiceTicket(customer=customer, **typed), site=SITE)
    to_stranger, to_alice = (Mail.objects.get(to=customer.email) for customer in (stranger, alice))

    for part in (to_stranger.subject, to_stranger.text, to_stranger.html):
        assert "Win" not in part
        assert "Mallory" not in part
    assert "your thing" in to_stranger.subject
    assert "Win A Car" in to_alice.subject


def test_the_counter_and_a_stranger_may_send_the_same_token(
    workshop: Client, stranger: User
) -> None:
    for _ in range(2):
        take_in(workshop, into_unchecked="on", idempotency_key="the same")

    assert ServiceTicket.objects.count() == 1


def test_a_phone_from_the_counter_is_told_to_no_stranger(
    workshop: Client, stranger: User, client: Client
) -> None:
    page = take_in(workshop, into_unchecked="on", phone="030 555777").text

    assert "030 555777" in page
    client.force_login(stranger)
    assert "030 555777" not in client.get("/accounts/profile/").text


def test_a_strangers_ticket_and_one_of_the_counter_stay_two(
    workshop: Client, wren: User, stranger: User
) -> None:
    take_in(workshop, into_unchecked="on")
    filed = ServiceTicket.objects.get()
    own, another = (
        file_ticket(ticket=ServiceTicket(customer=stranger, title=title), site=SITE)
        for title in ("Drum", "Bell")
    )
    for kept, other in ((own, filed), (filed, own)):
        page = act(workshop, kept, "merge", others=[other.pk])
        assert "Such tickets stay apart." in page.context["forms"]["merge"].errors["others"][0]
        with pytest.raises(SeenByOthers):
            merge_tickets(into=kept.pk, others=[other.pk], actor=wren, site=SITE)
    act(workshop, own, "merge", others=[another.pk])

    another.refresh_from_db()
    assert another.merged_into == own
    address_was_reached(user=stranger)
    merge_tickets(into=own.pk, others=[filed.pk], actor=wren, site=SITE)


@pytest.mark.parametrize(
    ("field", "nonsense", "answer"),
    [
        ("needed_by", "1999-01-01", "This day has passed."),
        ("phone", "call me", "Please enter a phone number: digits, and what stands between."),
        ("phone", "0-0", "Please enter a phone number: digits, and what stands between."),
    ],
)
def test_nonsense_is_answered_beside_its_field(
    workshop: Client, field: str, nonsense: str, answer: str
) -> None:
    page = take_in(workshop, **{field: nonsense})

    assert page.context["form"].errors == {field: [answer]}
    assert nonsense in page.text
    assert not ServiceTicket.objects.exists()


def test_a_file_that_is_no_picture_is_named_beside_other_errors(workshop: Client) -> None:
    answer = take_in(workshop, title="", photos=[photo_file(), upload(b"words", "list.txt")])

    said = "The photo “list.txt” was not taken: This is not a JPEG, PNG or WebP picture."
    assert messages_in(answer) == [said]
    assert "required" in answer.context["form"]["title"].label_tag()
