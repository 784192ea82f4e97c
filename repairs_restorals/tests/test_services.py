"""What happens to a ticket between its filing and its end."""

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import mails_sent
from repairs_restorals.exceptions import NotEditable, TicketClosed
from repairs_restorals.merging import merge_tickets
from repairs_restorals.models import Quote, ServiceTicket, Status, Task, TicketEvent, TicketMessage
from repairs_restorals.models.photos import private_storage
from repairs_restorals.models.status import TRANSITIONS
from repairs_restorals.photos import prepare_photos
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.services import (
    add_photos,
    assign_ticket,
    cancel_ticket,
    edit_ticket,
    file_ticket,
    renew_status_link,
    transition_ticket,
    write_message,
)
from repairs_restorals.tests.factories import (
    SITE,
    make_photo,
    make_quote,
    make_ticket,
    photo_file,
    seen_by_staff,
)
from store.exceptions import TransitionNotAllowed

pytestmark = pytest.mark.django_db
Kind = TicketEvent.Kind


def kinds(ticket: ServiceTicket) -> list[str]:
    return [event.kind for event in ticket.events.all()]


def new_ticket(customer: User, **fields: Any) -> ServiceTicket:
    return ServiceTicket(
        customer=customer, title="Violin", description="The neck is loose.", **fields
    )


def stored_files() -> list[Path]:
    return [file for file in Path(private_storage().path("")).rglob("*") if file.is_file()]


def agreed(ticket: ServiceTicket) -> Quote:
    quote = make_quote(ticket)
    send_quote(quote_id=quote.pk, actor=ticket.customer, site=SITE)
    return decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)


def test_a_ticket_is_filed_with_its_photos(alice: User) -> None:
    good, _ = prepare_photos([photo_file(), photo_file("second.jpg")])

    ticket = file_ticket(ticket=new_ticket(alice), photos=good, site=SITE)

    assert ticket.status == Status.SUBMITTED
    assert ticket.images.count() == 2
    assert kinds(ticket) == [Kind.FILED]


def test_whoever_files_cannot_choose_the_status(alice: User) -> None:
    ticket = file_ticket(ticket=new_ticket(alice, status=Status.APPROVED), site=SITE)

    assert ServiceTicket.objects.get() == ticket
    assert ticket.status == Status.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_a_second_click_files_nothing_and_keeps_no_file(alice: User) -> None:
    good, _ = prepare_photos([photo_file()])
    first = file_ticket(ticket=new_ticket(alice, idempotency_key="once"), photos=good, site=SITE)
    files = stored_files()

    second = file_ticket(ticket=new_ticket(alice, idempotency_key="once"), photos=good, site=SITE)

    assert second == first
    assert ServiceTicket.objects.count() == first.images.count() == 1
    assert stored_files() == files
    assert kinds(first) == [Kind.FILED]


def test_nobody_is_shown_what_another_has_sent(alice: User, bob: User) -> None:
    file_ticket(ticket=new_ticket(alice, idempotency_key="once"), site=SITE)

    with pytest.raises(IntegrityError), transaction.atomic():
        file_ticket(ticket=new_ticket(bob, idempotency_key="once"), site=SITE)


def test_what_was_filed_is_edited_while_it_waits(alice: User) -> None:
    ticket = make_ticket(alice)

    edit_ticket(ticket_id=ticket.pk, values={"title": "Viola"}, actor=alice)

    ticket.refresh_from_db()
    assert ticket.title == "Viola"
    assert kinds(ticket) == [Kind.EDITED]


def test_what_the_workshop_has_begun_is_not_edited(alice: User) -> None:
    ticket = make_ticket(alice, status=Status.ASSESSING)

    with pytest.raises(NotEditable):
        edit_ticket(ticket_id=ticket.pk, values={"title": "Viola"}, actor=alice)

    assert ServiceTicket.objects.get().title == ticket.title


@pytest.mark.parametrize("start", Status)
@pytest.mark.parametrize("to", Status)
def test_the_table_of_moves_is_kept(alice: User, wren: User, start: Status, to: Status) -> None:
    ticket = make_ticket(alice, status=start)
    possible = to in ticket.allowed_transitions

    if possible:
        transition_ticket(ticket_id=ticket.pk, to=to, actor=wren, site=SITE)
    else:
        with pytest.raises(TransitionNotAllowed):
            transition_ticket(ticket_id=ticket.pk, to=to, actor=wren, site=SITE)

    ticket.refresh_from_db()
    assert ticket.status == (to if possible else start)
    assert kinds(ticket) == ([Kind.TRANSITION] if possible else [])


@pytest.mark.parametrize("to", [Status.QUOTED, Status.APPROVED, Status.DECLINED])
def test_nobody_agrees_by_hand(alice: User, wren: User, to: Status) -> None:
    ticket = make_ticket(alice, status=Status.QUOTED)

    with pytest.raises(TransitionNotAllowed):
        transition_ticket(ticket_id=ticket.pk, to=to, actor=wren, site=SITE)


@pytest.mark.parametrize("end", [Status.COLLECTED, Status.CANCELLED])
def test_an_end_is_an_end(end: Status) -> None:
    assert TRANSITIONS[end] == set()


def test_a_move_is_recorded_and_told(alice: User, wren: User) -> None:
    ticket = make_ticket(alice, status=Status.IN_PROGRESS)

    transition_ticket(
        ticket_id=ticket.pk, to=Status.READY, actor=wren, site=SITE, note="New strings."
    )

    event = ticket.events.get()
    assert (event.actor, event.status, event.note) == (wren, Status.READY, "New strings.")
    [sent] = mails_sent()
    assert sent.to == [alice.email]
    assert "New strings." in sent.body


@pytest.mark.parametrize(("note", "mails"), [("", 0), ("Oil it in a year.", 1)])
def test_a_word_with_the_last_move_is_read(note: str, mails: int, alice: User, wren: User) -> None:
    ticket = make_ticket(alice, status=Status.READY)
    move: dict[str, Any] = {"ticket_id": ticket.pk, "to": Status.COLLECTED, "actor": wren}

    transition_ticket(**move, note=note, site=SITE)

    assert len(mails_sent()) == mails
    for sent in mails_sent():
        assert note in sent.body
        assert "cancelled" not in sent.body


@pytest.mark.parametrize("status", [Status.ASSESSING, Status.CANCELLED])
def test_an_unanswered_quote_ends_with_the_move(alice: User, wren: User, status: Status) -> None:
    quote = make_quote(make_ticket(alice))
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)

    transition_ticket(ticket_id=quote.ticket_id, to=status, actor=wren, site=SITE)

    assert Quote.objects.get().state == Quote.State.VOID


def test_a_customer_takes_a_ticket_back(alice: User) -> None:
    ticket = make_ticket(alice)

    cancel_ticket(ticket_id=ticket.pk, actor=alice, site=SITE, reason="Sold it.")

    ticket.refresh_from_db()
    assert ticket.status == Status.CANCELLED
    assert ticket.events.get().note == "Sold it."


def test_what_is_agreed_is_not_taken_back(alice: User) -> None:
    ticket = agreed(make_ticket(alice)).ticket

    with pytest.raises(TransitionNotAllowed):
        cancel_ticket(ticket_id=ticket.pk, actor=alice, site=SITE)


def test_a_second_quote_makes_nothing_undone_that_was_agreed(alice: User, wren: User) -> None:
    ticket = agreed(make_ticket(alice)).ticket
    more = make_quote(ticket, "90.00")
    send_quote(quote_id=more.pk, actor=wren, site=SITE, seen=seen_by_staff(more))

    with pytest.raises(TransitionNotAllowed):
        cancel_ticket(ticket_id=ticket.pk, actor=alice, site=SITE)

    more.refresh_from_db()
    assert more.is_open


def test_both_write_and_each_other_is_told(alice: User, wren: User) -> None:
    ticket = make_ticket(alice, assignee=wren)

    write_message(ticket_id=ticket.pk, author=alice, body="When?", site=SITE)
    write_message(ticket_id=ticket.pk, author=wren, body="Friday.", site=SITE, from_workshop=True)

    assert [(sent.to, "When?" in sent.body) for sent in mails_sent()] == [
        ([wren.email], True),
        ([alice.email], False),
    ]


def test_no_customer_hears_of_a_note(alice: User, wren: User) -> None:
    ticket = make_ticket(alice)
    note: dict[str, Any] = {"from_workshop": True, "internal": True}
    good, _ = prepare_photos([photo_file()])

    write_message(ticket_id=ticket.pk, author=wren, body="Haggles.", site=SITE, photos=good, **note)

    assert mails_sent() == []
    assert not ticket.messages.public().exists()
    assert not ticket.images.public().exists()
    assert ticket.images.count() == 1


def test_a_note_is_the_workshops(alice: User) -> None:
    ticket = make_ticket(alice)

    with pytest.raises(IntegrityError), transaction.atomic():
        write_message(ticket_id=ticket.pk, author=alice, body="Hm.", site=SITE, internal=True)


@pytest.mark.parametrize("status", [Status.COLLECTED, Status.CANCELLED])
def test_a_closed_ticket_takes_nothing_more(alice: User, status: Status) -> None:
    ticket = make_ticket(alice, status=status)
    good, _ = prepare_photos([photo_file()])
    files = stored_files()

    with pytest.raises(TicketClosed):
        write_message(ticket_id=ticket.pk, author=alice, body="Wait!", site=SITE, photos=good)
    with pytest.raises(TicketClosed):
        add_photos(ticket_id=ticket.pk, photos=good, actor=alice)

    assert not TicketMessage.objects.exists()
    assert not ticket.images.exists()
    assert stored_files() == files


def test_duplicates_become_one(alice: User, wren: User) -> None:
    kept, other = make_ticket(alice), make_ticket(alice, description="It is the E string.")
    write_message(ticket_id=other.pk, author=alice, body="Hello?", site=SITE)
    make_photo(other)
    task = Task.objects.create(title="Ring alice", ticket=other, assignee=wren)

    merge_tickets(into=kept.pk, others=[other.pk], actor=wren, site=SITE)

    other.refresh_from_db()
    task.refresh_from_db()
    assert (other.status, other.merged_into, task.ticket) == (Status.CANCELLED, kept, kept)
    assert [message.body for message in kept.messages.all()] == [
        "Hello?",
        f"{other.reference}: It is the E string.",
    ]
    assert (kept.images.count(), kinds(kept)) == (1, [Kind.MERGED])
    [sent] = mails_sent()
    assert sent.to == [alice.email]
    assert f"We go on with {kept.reference}" in sent.body
    assert f"{other.reference}: {other.title}" in sent.body


def test_only_duplicates_of_one_customer_are_merged(alice: User, bob: User, wren: User) -> None:
    kept, others = make_ticket(alice), [make_ticket(alice).pk, make_ticket(bob).pk]

    with pytest.raises(TransitionNotAllowed):
        merge_tickets(into=kept.pk, others=others, actor=wren, site=SITE)

    assert ServiceTicket.objects.open().count() == 3


def test_work_that_has_begun_is_not_merged_away(alice: User, wren: User) -> None:
    kept, other = make_ticket(alice), make_ticket(alice, status=Status.IN_PROGRESS)

    with pytest.raises(TransitionNotAllowed):
        merge_tickets(into=kept.pk, others=[other.pk], actor=wren, site=SITE)


def test_nothing_is_merged_into_a_closed_ticket(alice: User, wren: User) -> None:
    closed, other = make_ticket(alice, status=Status.COLLECTED), make_ticket(alice)

    with pytest.raises(TicketClosed):
        merge_tickets(into=closed.pk, others=[other.pk], actor=wren, site=SITE)


def test_a_new_link_makes_the_old_one_lead_nowhere(alice: User, client: Any) -> None:
    ticket = make_ticket(alice)
    old = reverse("repairs:status", args=[ticket.status_secret])
    assert client.get(old).status_code == 200

    ticket = renew_status_link(ticket_id=ticket.pk, actor=alice)

    assert client.get(old).status_code == 404
    assert client.get(reverse("repairs:status", args=[ticket.status_secret])).status_code == 200
    assert renew_status_link(ticket_id=ticket.pk, actor=alice, revoke=True).status_secret is None
    assert kinds(ticket) == [Kind.LINK, Kind.LINK]


def test_who_works_on_it_and_until_when_is_recorded(alice: User, wren: User) -> None:
    ticket = make_ticket(alice)
    due = ticket.created_at.date()

    for _ in range(2):
        changed = assign_ticket(ticket_id=ticket.pk, assignee=wren, due_on=due, actor=wren)

    assert kinds(ticket) == [Kind.ASSIGNED, Kind.DUE]
    assert not any(event.is_public for event in ticket.events.all())
    assert changed.touched_at > ticket.touched_at
