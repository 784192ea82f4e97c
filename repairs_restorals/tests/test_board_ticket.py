from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.factories import mails_sent
from repairs_restorals.models import (
    Quote,
    ServiceTicket,
    Status,
    Task,
    TicketImage,
    TicketMessage,
)
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.services import transition_ticket
from repairs_restorals.tests.board_steps import BOARD, act, action, messages_in, page_of
from repairs_restorals.tests.factories import (
    SITE,
    make_photo,
    make_quote,
    make_ticket,
    photo_file,
)

pytestmark = pytest.mark.usefixtures("private_media")
CLOSED = "This ticket is closed and takes nothing more."


def moves_on(page: str) -> list[str]:
    return [status for status in Status.values if f'name="transition-to" value="{status}"' in page]


def test_everything_is_in_one_place(workshop: Client, wren: User, ticket: ServiceTicket) -> None:
    photo = make_photo(ticket, caption="The scroll")
    send_quote(quote_id=make_quote(ticket, "60.00").pk, actor=wren, site=SITE)
    TicketMessage.objects.create(ticket=ticket, author=ticket.customer, body="Be gentle.")
    note = {"from_workshop": True, "internal": True}
    TicketMessage.objects.create(ticket=ticket, author=wren, body="A bit much.", **note)
    Task.objects.create(ticket=ticket, title="Order glue", assignee=wren)

    page = workshop.get(page_of(ticket)).content.decode()

    for part in (
        *(ticket.reference, "Violin", "The neck is loose.", "alice@example.com", "The scroll"),
        *("Be gentle.", "A bit much.", "Order glue", "€60.00", "waiting for an answer"),
        *("quote sent", ticket.status_secret, f"/photos/{photo.pk}/large.jpg"),
    ):
        assert str(part) in page, part


def test_the_page_takes_as_many_queries_for_much_as_for_little(
    workshop: Client,
    wren: User,
    ticket: ServiceTicket,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(4):
        make_photo(ticket)
        TicketMessage.objects.create(ticket=ticket, author=wren, body="Hm.", from_workshop=True)
        Task.objects.create(ticket=ticket, title="Order glue", assignee=wren)
        send_quote(quote_id=make_quote(ticket).pk, actor=wren, site=SITE)

    # The first page reads the shop's name for those of the next minute.
    workshop.get(page_of(ticket))

    with django_assert_max_num_queries(20):
        assert workshop.get(page_of(ticket)).text.count("Order glue") >= 4


@pytest.mark.parametrize("status", Status.values)
def test_only_possible_moves_have_a_button(workshop: Client, alice: User, status: str) -> None:
    ticket = make_ticket(alice, status=status)

    page = workshop.get(page_of(ticket)).content.decode()

    assert moves_on(page) == [move.value for move in ticket.allowed_transitions]
    assert ("Nothing more is to be done" in page) == (not ticket.allowed_transitions)


def test_a_move_is_recorded_and_told(workshop: Client, wren: User, ticket: ServiceTicket) -> None:
    answer = act(workshop, ticket, "transition", to="assessing", note="Tomorrow morning.")

    ticket.refresh_from_db()
    assert ticket.status == Status.ASSESSING
    event = ticket.events.get(kind="moved")
    assert (event.actor, event.status, event.note) == (wren, "assessing", "Tomorrow morning.")
    assert messages_in(answer) == ["The ticket is now: being assessed."]
    assert "Tomorrow morning." in mails_sent()[0].body


@pytest.mark.parametrize("to", ["collected", "quoted", "approved", "nonsense", ""])
def test_an_impossible_move_is_refused(workshop: Client, ticket: ServiceTicket, to: str) -> None:
    answer = act(workshop, ticket, "transition", to=to, note="So that it is kept")

    ticket.refresh_from_db()
    assert ticket.status == Status.SUBMITTED
    assert len(messages_in(answer)) == 1
    assert b"So that it is kept" in answer.content


def test_a_button_from_an_old_page_is_refused(
    workshop: Client, wren: User, ticket: ServiceTicket
) -> None:
    transition_ticket(ticket_id=ticket.pk, to=Status.CANCELLED, actor=wren, site=SITE)

    answer = act(workshop, ticket, "transition", to="assessing")

    assert messages_in(answer) == ["That is not possible now: the ticket has moved on."]


def test_a_button_pressed_just_after_the_customer_agreed_moves_nothing(
    workshop: Client, wren: User, ticket: ServiceTicket
) -> None:
    quote = send_quote(quote_id=make_quote(ticket).pk, actor=wren, site=SITE)
    page = workshop.get(page_of(ticket)).content.decode()
    assert 'name="transition-version" value="quoted"' in page
    decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)

    answer = act(workshop, ticket, "transition", to="assessing", version="quoted")

    ticket.refresh_from_db()
    assert ticket.status == Status.APPROVED
    assert messages_in(answer) == ["That is not possible now: the ticket has moved on."]
    assert b'name="transition-version" value="approved"' in answer.content


def test_a_message_goes_to_the_customer_with_its_photos(
    workshop: Client, wren: User, ticket: ServiceTicket
) -> None:
    answer = act(workshop, ticket, "write", body="Which strings?", photos=photo_file())

    message = ticket.messages.get()
    assert (message.author, message.from_workshop, message.internal) == (wren, True, False)
    assert message.images.count() == 1
    assert messages_in(answer) == ["Sent to the customer."]
    assert [sent.to for sent in mails_sent()] == [["alice@example.com"]]


def test_a_note_goes_to_nobody(workshop: Client, ticket: ServiceTicket) -> None:
    answer = act(workshop, ticket, "note", body="Cheap bow.", photos=photo_file())

    message = ticket.messages.get()
    assert (message.from_workshop, message.internal) == (True, True)
    assert not TicketImage.objects.public().exists()
    assert messages_in(answer) == ["Noted, for us alone."]
    assert mails_sent() == []


def test_a_note_looks_unlike_a_message(workshop: Client, ticket: ServiceTicket) -> None:
    act(workshop, ticket, "note", body="Cheap bow.")

    page = workshop.get(page_of(ticket)).content.decode()

    assert "staff-write--note" in page
    assert "the customer never sees it" in page
    assert page.count("staff-said--note") == 1


def test_an_empty_message_is_refused_beside_its_field(
    workshop: Client, ticket: ServiceTicket
) -> None:
    answer = act(workshop, ticket, "write", body=" ")

    assert answer.context["forms"]["message"].errors == {
        "body": ["Write something, or choose a photo."]
    }
    assert not answer.context["forms"]["note"].is_bound


def test_what_was_typed_for_a_closed_ticket_is_not_lost(workshop: Client, alice: User) -> None:
    ticket = make_ticket(alice, status=Status.COLLECTED)

    for form in ("write", "note"):
        answer = act(workshop, ticket, form, body="All those words")
        assert messages_in(answer) == [CLOSED]
        assert b"All those words</textarea>" in answer.content
    assert not ticket.messages.exists()


def test_photos_are_added_with_their_stage(workshop: Client, ticket: ServiceTicket) -> None:
    files = [photo_file("one.jpg"), photo_file("two.jpg")]
    answer = act(workshop, ticket, "photos", photos=files, stage="after", caption="Like new")

    assert messages_in(answer) == ["2 photos were added."]
    shown = {(image.stage, image.caption) for image in ticket.images.all()}
    assert shown == {("after", "Like new")}


def test_a_refused_photo_is_named_and_the_others_kept(
    workshop: Client, ticket: ServiceTicket
) -> None:
    broken = photo_file("broken.jpg")
    broken.truncate(50)
    files = [photo_file("good.jpg"), broken]

    answer = act(workshop, ticket, "photos", photos=files, stage="progress")

    assert ticket.images.count() == 1
    assert "broken.jpg" in messages_in(answer)[0]


def test_a_ticket_is_assigned_until_a_day(
    workshop: Client, wren: User, ticket: ServiceTicket
) -> None:
    act(workshop, ticket, "assign", assignee=wren.pk, due_on="2030-05-03")

    ticket.refresh_from_db()
    assert (ticket.assignee, str(ticket.due_on)) == (wren, "2030-05-03")
    assert {event.kind for event in ticket.events.all()} >= {"assigned", "due"}


def test_customers_and_shop_staff_are_assigned_nothing(
    workshop: Client, alice: User, sam: User, ticket: ServiceTicket
) -> None:
    for person in (alice, sam):
        answer = act(workshop, ticket, "assign", assignee=person.pk, due_on="soon")
        assert set(answer.context["forms"]["assign"].errors) == {"assignee", "due_on"}
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_whoever_has_left_the_workshop_keeps_a_ticket(
    workshop: Client, sam: User, alice: User
) -> None:
    ticket = make_ticket(alice, assignee=sam)
    act(workshop, ticket, "assign", assignee=sam.pk, due_on="2030-05-03")

    ticket.refresh_from_db()
    assert (ticket.assignee, str(ticket.due_on)) == (sam, "2030-05-03")


def test_the_status_link_is_renewed_and_revoked(workshop: Client, ticket: ServiceTicket) -> None:
    before = ticket.status_secret
    act(workshop, ticket, "link", link="new")
    ticket.refresh_from_db()
    assert ticket.status_secret not in {None, before}

    answer = act(workshop, ticket, "link", link="none")
    ticket.refresh_from_db()
    assert ticket.status_secret is None
    assert b"It is revoked" in answer.content


def test_duplicates_are_merged(workshop: Client, ticket: ServiceTicket) -> None:
    other = make_ticket(ticket.customer, title="The same violin")
    make_photo(other)

    answer = act(workshop, ticket, "merge", others=[other.pk])

    other.refresh_from_db()
    assert (other.status, other.merged_into) == ("cancelled", ticket)
    assert ticket.images.count() == 1
    assert messages_in(answer) == ["1 ticket was brought into this one."]
    assert b"It was brought into" in workshop.get(page_of(other)).content


def test_only_tickets_of_the_same_customer_are_merged(
    workshop: Client, bob: User, ticket: ServiceTicket
) -> None:
    begun = make_ticket(ticket.customer, status=Status.IN_PROGRESS)
    for other in (make_ticket(bob), begun, ticket):
        answer = act(workshop, ticket, "merge", others=[other.pk])
        assert answer.context["forms"]["merge"].errors
    assert not ServiceTicket.objects.exclude(merged_into=None).exists()


def test_what_was_filed_is_set_right(workshop: Client, ticket: ServiceTicket) -> None:
    page = action(ticket, "thing")
    sent = {"title": "Viola", "kind": "restoration", "condition": "No bow", "piece": ""}
    forged = {"description": "Nothing", "go_ahead_limit": "9999", "status": "ready"}

    assert b'value="Violin"' in workshop.get(page).content
    answer = workshop.post(page, {**sent, **forged}, follow=True)

    ticket.refresh_from_db()
    assert (ticket.title, ticket.kind, ticket.condition) == ("Viola", "restoration", "No bow")
    assert ticket.description == "The neck is loose."
    assert (ticket.go_ahead_limit, ticket.status) == (None, "submitted")
    assert ticket.events.filter(kind="edited").count() == 1
    assert messages_in(answer) == ["Saved."]


def test_bad_facts_are_refused_beside_their_field(workshop: Client, ticket: ServiceTicket) -> None:
    sent = {"title": "Viola", "kind": "repair", "piece": "none such", "needed_by": "soon"}
    answer = workshop.post(action(ticket, "thing"), sent)

    assert set(answer.context["form"].errors) == {"piece", "needed_by"}
    assert b'value="none such"' in answer.content


def test_a_closed_ticket_is_set_right_no_more(workshop: Client, alice: User) -> None:
    ticket = make_ticket(alice, status=Status.CANCELLED)
    answer = workshop.post(action(ticket, "thing"), {"title": "Viola", "kind": "repair"})

    assert messages_in(answer) == [CLOSED]
    assert b'value="Viola"' in answer.content


def test_a_task_is_put_on_the_own_list(workshop: Client, wren: User, ticket: ServiceTicket) -> None:
    day = timezone.localdate() + timedelta(days=2)
    act(workshop, ticket, "task", title="Order strings", due_on=day.isoformat())

    task = Task.objects.get()
    assert (task.ticket, task.assignee, task.created_by) == (ticket, wren, wren)
    assert task.due_on == day


def test_no_page_of_the_bench_needs_inline_code(workshop: Client, ticket: ServiceTicket) -> None:
    make_photo(ticket)
    for address in (BOARD, f"{BOARD}add/", page_of(ticket), action(ticket, "thing")):
        text = workshop.get(address).content.decode()
        bad = ('style="', "<style", "<script>", "onclick=")
        assert not [part for part in bad if part in text], address
