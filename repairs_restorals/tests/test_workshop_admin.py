from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.factories import mails_sent
from repairs_restorals.merging import merge_tickets
from repairs_restorals.models import BeforeAfter, Quote, ServiceTicket, Workshop
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.services import file_ticket, write_message
from repairs_restorals.tests.factories import SITE, make_photo, make_quote, make_ticket
from repairs_restorals.tests.test_board_permissions import SHOWN, WORKSHOP

pytestmark = pytest.mark.usefixtures("private_media")
SETTINGS = {"hourly_rate": "75.00", "tax_rate": "7.00", "quote_days": "10"}
CONSENT = {"caption": "A violin", "consent": "Signed on the receipt", "shown": "on"}


def pair(ticket: ServiceTicket) -> dict[str, int]:
    return {"before": make_photo(ticket).pk, "after": make_photo(ticket, stage="after").pk}


def add(client: Client, ticket: ServiceTicket, **data: Any) -> Any:
    return client.post(f"{SHOWN}add/?ticket={ticket.pk}", data, follow=True)


def test_managers_say_how_the_workshop_works(manager: Client, wren: User) -> None:
    manager.post(WORKSHOP, {**SETTINGS, "default_assignee": wren.pk, "intro": "Violins"})

    workshop = Workshop.objects.get()
    assert (str(workshop.hourly_rate), workshop.quote_days) == ("75.00", 10)
    assert (workshop.default_assignee, workshop.intro) == (wren, "Violins")


def test_new_tickets_go_to_nobody_outside_of_the_workshop(manager: Client, sam: User) -> None:
    answer = manager.post(WORKSHOP, {**SETTINGS, "default_assignee": sam.pk})
    assert set(answer.context["adminform"].form.errors) == {"default_assignee"}


def test_workshop_staff_only_read_it(workshop: Client) -> None:
    assert workshop.get(WORKSHOP).status_code == 200
    assert workshop.post(WORKSHOP, SETTINGS).status_code == 403


def test_new_tickets_go_to_the_default_assignee(alice: User, wren: User) -> None:
    Workshop.objects.update_or_create(defaults={"default_assignee": wren})
    ticket = ServiceTicket(customer=alice, title="Viola", description="Broken")

    assert file_ticket(ticket=ticket, site=SITE).assignee == wren


@pytest.mark.parametrize("assigned", [True, False])
def test_the_workshop_hears_of_messages_and_decisions(
    alice: User, wren: User, *, assigned: bool
) -> None:
    Workshop.objects.update_or_create(defaults={"email": "bench@example.com"})
    ticket = make_ticket(alice, assignee=wren if assigned else None)
    quotes = [send_quote(quote_id=make_quote(ticket).pk, actor=wren, site=SITE)]
    mails_sent().clear()
    write_message(ticket_id=ticket.pk, author=alice, body="Hello?", site=SITE)
    decide_quote(quote_id=quotes[0].pk, accept=True, via=Quote.Via.LINK, site=SITE)

    expected = "wren@example.com" if assigned else "bench@example.com"
    subjects = [sent.subject for sent in mails_sent() if sent.to == [expected]]
    assert len(subjects) == 2
    assert "has written" in subjects[0]
    assert "accepted" in subjects[1]


def test_a_pair_is_shown_with_the_owners_consent(
    workshop: Client, wren: User, ticket: ServiceTicket
) -> None:
    photos = pair(ticket)
    add(workshop, ticket, **photos, **CONSENT)

    shown = BeforeAfter.objects.get()
    assert (shown.ticket, shown.before_id, shown.after_id) == (ticket, *photos.values())
    assert (shown.recorded_by, shown.shown) == (wren, True)


def test_without_consent_nothing_is_shown(workshop: Client, ticket: ServiceTicket) -> None:
    answer = add(workshop, ticket, **pair(ticket), **{**CONSENT, "consent": " "})

    assert set(answer.context["adminform"].form.errors) == {"consent"}
    assert not BeforeAfter.objects.exists()


def test_only_photos_of_the_ticket_are_offered_and_none_among_us(
    workshop: Client, bob: User, wren: User, ticket: ServiceTicket
) -> None:
    photos, other = pair(ticket), make_photo(make_ticket(bob))
    note = ticket.messages.create(author=wren, from_workshop=True, internal=True)
    internal = make_photo(ticket)
    note.images.set([internal])

    for wrong in (other.pk, internal.pk, photos["after"]):
        answer = add(workshop, ticket, **{**photos, "before": wrong}, **CONSENT)
        assert answer.context["adminform"].form.errors
    assert not BeforeAfter.objects.exists()


@pytest.mark.parametrize("number", ["", "0", "x", "9" * 30])
def test_a_pair_is_begun_on_the_page_of_a_ticket(workshop: Client, number: str) -> None:
    answer = workshop.get(f"{SHOWN}add/?ticket={number}", follow=True)
    assert b"Choose a ticket that has photos" in answer.content


def test_a_pair_is_changed_and_taken_away(workshop: Client, ticket: ServiceTicket) -> None:
    photos = pair(ticket)
    add(workshop, ticket, **photos, **CONSENT)
    page = f"{SHOWN}{BeforeAfter.objects.get().pk}"

    assert workshop.get(SHOWN).status_code == 200
    workshop.post(f"{page}/change/", {**photos, **CONSENT, "shown": ""})
    assert not BeforeAfter.objects.get().shown
    workshop.post(f"{page}/delete/", {"post": "yes"})
    assert not BeforeAfter.objects.exists()


def test_a_pair_of_a_duplicate_can_still_be_taken_away(
    workshop: Client, wren: User, ticket: ServiceTicket
) -> None:
    photos = pair(ticket)
    add(workshop, ticket, **photos, **CONSENT)
    kept = make_ticket(ticket.customer)
    merge_tickets(into=kept.pk, others=[ticket.pk], actor=wren, site=SITE)

    page = f"{SHOWN}{BeforeAfter.objects.get().pk}/change/"
    workshop.post(page, {**photos, **CONSENT, "shown": ""})

    shown = BeforeAfter.objects.get()
    assert (shown.ticket, shown.shown) == (kept, False)
