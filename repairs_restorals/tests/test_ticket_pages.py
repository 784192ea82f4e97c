from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.tests.factories import mails_sent
from repairs_restorals.merging import merge_tickets
from repairs_restorals.models import ServiceTicket, Status, TicketImage, TicketMessage
from repairs_restorals.photos import prepare_photos
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.services import transition_ticket, write_message
from repairs_restorals.tests.factories import (
    SITE,
    make_photo,
    make_quote,
    make_ticket,
    photo_file,
)
from store.tests.factories import make_item, make_order
from store.tests.pictures import upload

pytestmark = pytest.mark.django_db
WORKBENCH = "/workshop/tickets/"
ADD_IMAGE = "/workshop/tickets/add-image/"
OWN = ["", "edit/", "cancel/"]
CHANGING = ["message/", "link/", "cancel/", "edit/"]


@pytest.fixture
def owner(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def stranger(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def answer(
    ticket: ServiceTicket, wren: User, body: str, *, internal: bool = False
) -> TicketMessage:
    return write_message(
        ticket_id=ticket.pk,
        author=wren,
        body=body,
        from_workshop=True,
        internal=internal,
        site=SITE,
    )


@pytest.mark.parametrize("page", OWN)
def test_a_stranger_gets_what_is_not_there(
    stranger: Client, ticket: ServiceTicket, page: str
) -> None:
    theirs = stranger.get(f"{ticket.get_absolute_url()}{page}")
    missing = stranger.get(f"/workshop/tickets/W99999/{page}")

    assert theirs.status_code == missing.status_code == 404
    assert len(theirs.content) == len(missing.content)


@pytest.mark.parametrize("page", CHANGING)
def test_a_stranger_changes_nothing(stranger: Client, ticket: ServiceTicket, page: str) -> None:
    sent = {"body": "Hello", "title": "Mine", "description": "x", "kind": "repair"}

    refused = stranger.post(f"{ticket.get_absolute_url()}{page}", sent)

    before = (ticket.title, ticket.status, ticket.status_secret)
    ticket.refresh_from_db()
    assert refused.status_code == 404
    assert (ticket.title, ticket.status, ticket.status_secret) == before
    assert not ticket.messages.exists()


@pytest.mark.parametrize("page", [WORKBENCH, ADD_IMAGE, "/workshop/tickets/W00001/"])
def test_a_guest_is_asked_to_log_in(client: Client, page: str) -> None:
    assert client.get(page).headers["Location"] == f"/accounts/login/?next={page}"


@pytest.mark.parametrize("page", ["message/", "link/"])
def test_what_changes_something_is_only_posted(
    owner: Client, ticket: ServiceTicket, page: str
) -> None:
    assert owner.get(f"{ticket.get_absolute_url()}{page}").status_code == 405


def test_the_workbench_shows_ones_own(owner: Client, ticket: ServiceTicket, bob: User) -> None:
    make_ticket(bob, title="Bob's banjo")
    make_ticket(ticket.customer, title="Old lamp", status=Status.COLLECTED)

    text = owner.get(WORKBENCH).content.decode()

    assert "Violin" in text
    assert "Our turn: we look at it" in text
    assert "Old lamp" in text
    assert "banjo" not in text


def test_an_empty_workbench_says_what_to_do(owner: Client) -> None:
    assert "Nothing of yours is in the workshop" in owner.get(WORKBENCH).content.decode()


def test_the_workbench_shows_the_last_public_word(
    owner: Client, ticket: ServiceTicket, wren: User
) -> None:
    answer(ticket, wren, "It is the soundpost.")
    answer(ticket, wren, "Charge him double.", internal=True)

    text = owner.get(WORKBENCH).content.decode()

    assert "It is the soundpost." in text
    assert "double" not in text


def test_the_page_shows_everything_but_what_is_internal(
    owner: Client, ticket: ServiceTicket, wren: User
) -> None:
    photo = make_photo(ticket)
    answer(ticket, wren, "It is the soundpost.")
    note = answer(ticket, wren, "Charge him double.", internal=True)
    hidden = make_photo(ticket)
    TicketImage.objects.filter(pk=hidden.pk).update(message=note)
    send_quote(quote_id=make_quote(ticket, "75.50").pk, actor=wren, site=SITE)
    make_quote(ticket, "99.00")

    for address in (ticket.get_absolute_url(), f"/workshop/status/{ticket.status_secret}/"):
        text = owner.get(address).content.decode()
        assert "The neck is loose." in text
        assert "It is the soundpost." in text
        assert "75.50" in text
        assert f"photos/{photo.pk}/large.jpg" in text
        assert "double" not in text
        assert f"photos/{hidden.pk}/" not in text
        assert "99.00" not in text


def queries_of(client: Client, address: str) -> int:
    """How many a page takes when what it keeps of the shop is warm."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_queries_do_not_grow_with_a_ticket(owner: Client, ticket: ServiceTicket) -> None:
    make_photo(ticket)
    write_message(ticket_id=ticket.pk, author=ticket.customer, body="Hello", site=SITE)
    before = queries_of(owner, ticket.get_absolute_url())

    for number in range(3):
        make_photo(ticket)
        write_message(ticket_id=ticket.pk, author=ticket.customer, body=f"{number}", site=SITE)

    assert queries_of(owner, ticket.get_absolute_url()) == before <= 15


def test_queries_do_not_grow_with_the_workbench(owner: Client, ticket: ServiceTicket) -> None:
    make_ticket(ticket.customer, status=Status.COLLECTED)
    before = queries_of(owner, WORKBENCH)

    for status in (Status.QUOTED, Status.READY, Status.COLLECTED, Status.CANCELLED):
        make_ticket(ticket.customer, status=status)

    assert queries_of(owner, WORKBENCH) == before <= 10


def test_a_message_with_a_photo_reaches_the_workshop(
    owner: Client, ticket: ServiceTicket, wren: User
) -> None:
    ServiceTicket.objects.update(assignee=wren)

    owner.post(
        f"{ticket.get_absolute_url()}message/", {"body": "Any news?", "photos": [photo_file()]}
    )

    message = TicketMessage.objects.get()
    assert (message.body, message.author, message.from_workshop) == (
        "Any news?",
        ticket.customer,
        False,
    )
    assert message.images.count() == 1
    [sent] = mails_sent()
    assert sent.to == [wren.email]
    assert "Any news?" in sent.body


def test_an_empty_message_is_refused_beside_the_field(owner: Client, ticket: ServiceTicket) -> None:
    page = owner.post(f"{ticket.get_absolute_url()}message/", {"body": ""})

    assert "Write something, or choose a photo." in page.content.decode()
    assert not TicketMessage.objects.exists()


def test_a_closed_ticket_takes_no_message_and_the_text_is_shown_again(
    owner: Client, ticket: ServiceTicket
) -> None:
    ServiceTicket.objects.update(status=Status.COLLECTED)

    page = owner.post(f"{ticket.get_absolute_url()}message/", {"body": "One more thing"})

    assert page.context["form"].non_field_errors()
    assert not TicketMessage.objects.exists()


def test_what_was_filed_can_be_changed_while_submitted(
    owner: Client, ticket: ServiceTicket
) -> None:
    values = {"title": "Viola", "description": "Cracked.", "kind": "restoration"}

    owner.post(f"{ticket.get_absolute_url()}edit/", {**values, "status": "ready"})

    ticket.refresh_from_db()
    assert (ticket.title, ticket.kind, ticket.status) == ("Viola", "restoration", "submitted")
    assert ticket.events.last().kind == "edited"  # type: ignore[union-attr]


def test_it_cannot_be_changed_once_the_workshop_has_begun(
    owner: Client, ticket: ServiceTicket
) -> None:
    ServiceTicket.objects.update(status=Status.ASSESSING)
    values = {"title": "Viola", "description": "Cracked.", "kind": "restoration"}

    asked = owner.get(f"{ticket.get_absolute_url()}edit/", follow=True)
    sent = owner.post(f"{ticket.get_absolute_url()}edit/", values)

    assert "write us a message instead" in asked.content.decode()
    assert "write us a message instead" in sent.content.decode()
    assert "Cracked." in sent.content.decode()
    ticket.refresh_from_db()
    assert ticket.title == "Violin"


def test_a_limit_that_cannot_be_compared_is_refused(owner: Client, ticket: ServiceTicket) -> None:
    ServiceTicket.objects.update(go_ahead_limit=50)
    past = {"go_ahead_limit": "sNaN", "needed_by": "2020-01-01"}
    values = {"title": "Viola", "description": "Cracked.", "kind": "repair", **past}

    page = owner.post(f"{ticket.get_absolute_url()}edit/", values)

    assert set(page.context["form"].errors) == set(past)


def test_a_piece_from_the_counter_stays_when_the_customer_changes_the_rest(
    owner: Client, ticket: ServiceTicket
) -> None:
    make_order(make_item(), paid=True, customer=ticket.customer)
    [piece] = make_item().pieces.all()
    ServiceTicket.objects.update(piece=piece)
    edit = f"{ticket.get_absolute_url()}edit/"

    shown = owner.get(edit).context["form"]["piece"].value()
    owner.post(edit, {"title": "Viola", "description": "x", "kind": "repair", "piece": shown})

    ticket.refresh_from_db()
    assert (ticket.title, ticket.piece) == ("Viola", piece)


def test_a_ticket_is_cancelled_after_a_question(
    owner: Client, ticket: ServiceTicket, wren: User
) -> None:
    quote = send_quote(quote_id=make_quote(ticket).pk, actor=wren, site=SITE)
    assert "Keep it" in owner.get(f"{ticket.get_absolute_url()}cancel/").content.decode()

    owner.post(f"{ticket.get_absolute_url()}cancel/", {"reason": "Found it"})

    ticket.refresh_from_db()
    quote.refresh_from_db()
    assert (ticket.status, quote.state) == (Status.CANCELLED, "void")


def test_nothing_is_due_for_what_was_cancelled(
    owner: Client, ticket: ServiceTicket, wren: User
) -> None:
    quote = send_quote(quote_id=make_quote(ticket).pk, actor=wren, site=SITE)
    decide_quote(quote_id=quote.pk, accept=True, via=quote.Via.LINK, site=SITE)
    assert "Left to pay" in owner.get(ticket.get_absolute_url()).content.decode()

    transition_ticket(ticket_id=ticket.pk, to=Status.CANCELLED, actor=wren, site=SITE)

    assert "Left to pay" not in owner.get(ticket.get_absolute_url()).content.decode()


def test_a_duplicate_leads_to_the_ticket_that_was_kept(
    owner: Client, ticket: ServiceTicket, wren: User
) -> None:
    kept = make_ticket(ticket.customer)

    merge_tickets(into=kept.pk, others=[ticket.pk], actor=wren, site=SITE)

    page = owner.get(ticket.get_absolute_url()).content.decode()
    assert f'href="{kept.get_absolute_url()}"' in page


@pytest.mark.parametrize("status", [Status.APPROVED, Status.IN_PROGRESS, Status.COLLECTED])
def test_what_is_agreed_cannot_be_cancelled(
    owner: Client, ticket: ServiceTicket, status: Status
) -> None:
    ServiceTicket.objects.update(status=status)

    page = owner.post(f"{ticket.get_absolute_url()}cancel/", {}, follow=True)

    ticket.refresh_from_db()
    assert ticket.status == status
    assert "can no longer be cancelled here" in page.content.decode()


def test_photos_are_added_to_one_of_ones_own_open_tickets(
    owner: Client, ticket: ServiceTicket, bob: User
) -> None:
    theirs = make_ticket(bob)
    closed = make_ticket(ticket.customer, status=Status.COLLECTED)
    form = owner.get(f"{ADD_IMAGE}?ticket={ticket.reference}").context["form"]
    assert [*form.fields] == ["ticket", "images"]
    assert [*form.fields["ticket"].queryset] == [ticket]
    assert form["ticket"].value() == ticket.pk

    page = owner.post(ADD_IMAGE, {"ticket": ticket.pk, "images": [photo_file(), photo_file()]})

    assert page.headers["Location"] == ticket.get_absolute_url()
    assert ticket.images.count() == 2
    for wrong in (theirs.pk, closed.pk, 99999, "x"):
        page = owner.post(ADD_IMAGE, {"ticket": wrong, "images": [photo_file()]})
        assert "ticket" in page.context["form"].errors
    assert TicketImage.objects.count() == 2


def test_photos_of_a_ticket_that_was_just_merged_come_into_the_one_that_goes_on(
    owner: Client, ticket: ServiceTicket, wren: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Be it before they are sent, or while they are looked through."""
    first, second = make_ticket(ticket.customer), make_ticket(ticket.customer)
    merge_tickets(into=ticket.pk, others=[first.pk], actor=wren, site=SITE)
    owner.post(ADD_IMAGE, {"ticket": first.pk, "images": [photo_file()]})

    def meanwhile(files: Any) -> Any:
        merge_tickets(into=ticket.pk, others=[second.pk], actor=wren, site=SITE)
        return prepare_photos(files)

    monkeypatch.setattr("repairs_restorals.ticket_views.prepare_photos", meanwhile)
    page = owner.post(ADD_IMAGE, {"ticket": second.pk, "images": [photo_file()]})

    assert page.headers["Location"] == ticket.get_absolute_url()
    assert ticket.images.count() == 2


def test_a_closed_ticket_takes_no_photos_and_says_so(owner: Client, ticket: ServiceTicket) -> None:
    closed = make_ticket(ticket.customer, status=Status.COLLECTED)

    page = owner.post(ADD_IMAGE, {"ticket": closed.pk, "images": [photo_file()]})

    assert "This ticket is closed and takes no more photos." in page.text


def test_of_several_photos_the_good_ones_are_added(owner: Client, ticket: ServiceTicket) -> None:
    files = [photo_file(), upload(b"no picture", "note.txt")]

    page = owner.post(ADD_IMAGE, {"ticket": ticket.pk, "images": files}, follow=True)

    assert "1 photo was added." in page.content.decode()
    assert "note.txt" in page.content.decode()


@pytest.mark.parametrize("files", [[], [upload(b"no picture", "note.txt")]])
def test_no_good_photo_is_answered_beside_the_field(
    owner: Client, ticket: ServiceTicket, files: list[Any]
) -> None:
    page = owner.post(ADD_IMAGE, {"ticket": ticket.pk, "images": files})

    assert page.context["form"].errors["images"]
    assert not TicketImage.objects.exists()


def test_the_status_link_works_without_a_login_and_changes_nothing(
    client: Client, ticket: ServiceTicket
) -> None:
    address = f"/workshop/status/{ticket.status_secret}/"

    page = client.get(address)

    assert "The neck is loose." in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert client.post(address).status_code == 405
    assert "<form" not in page.content.decode().split("<main")[1]


@pytest.mark.parametrize("link", ["none", "new"])
def test_a_revoked_status_link_leads_nowhere(
    owner: Client, ticket: ServiceTicket, link: str
) -> None:
    old = f"/workshop/status/{ticket.status_secret}/"

    owner.post(f"{ticket.get_absolute_url()}link/", {"link": link})

    ticket.refresh_from_db()
    assert owner.get(old).status_code == 404
    assert (ticket.status_secret is None) == (link == "none")
    assert owner.get(ticket.get_absolute_url()).status_code == 200


def test_the_workshop_page_is_for_everybody(client: Client) -> None:
    text = client.get("/workshop/").content.decode()
    assert "File a ticket" in text
    assert 'aria-current="page">Workshop' in text


def test_a_photo_without_a_caption_is_called_by_its_stage(
    owner: Client, ticket: ServiceTicket
) -> None:
    make_photo(ticket)
    make_photo(ticket, caption="the neck")

    text = owner.get(ticket.get_absolute_url()).content.decode()

    assert 'alt="Photo 1, as it came"' in text
    assert 'alt="Photo 2, as it came: the neck"' in text


def test_photos_stand_where_they_belong(owner: Client, ticket: ServiceTicket, wren: User) -> None:
    came = make_photo(ticket)
    work = make_photo(ticket, actor=wren, stage=TicketImage.Stage.AFTER)
    message = write_message(ticket_id=ticket.pk, author=wren, body="Look", site=SITE)
    said = make_photo(ticket)
    TicketImage.objects.filter(pk=said.pk).update(message=message)

    for address in (ticket.get_absolute_url(), f"/workshop/status/{ticket.status_secret}/"):
        seen = owner.get(address).context["ticket"]
        assert (seen.photos, seen.work) == ([came], [work])
        assert [*seen.conversation[0].images.all()] == [said]


def test_the_history_says_each_thing_once(owner: Client, ticket: ServiceTicket, wren: User) -> None:
    quote = send_quote(quote_id=make_quote(ticket).pk, actor=wren, site=SITE)
    decide_quote(quote_id=quote.pk, accept=True, via=quote.Via.ACCOUNT, site=SITE)

    history = owner.get(ticket.get_absolute_url()).context["ticket"].history

    assert [event.summary for event in history] == ["quote sent", "quote accepted"]


def test_a_flood_of_messages_is_stopped_in_plain_words(
    client: Client, ticket: ServiceTicket
) -> None:
    client.force_login(ticket.customer)
    address = f"{ticket.get_absolute_url()}message/"
    for _ in range(20):
        client.post(address, {"body": "Hello?"})

    answer = client.post(address, {"body": "Is anybody there?"})

    assert "You can send the next one at" in answer.text
    assert "Is anybody there?" in answer.text
    assert ticket.messages.count() == 20


def test_what_was_typed_for_a_ticket_that_has_closed_meanwhile_is_shown(
    owner: Client, ticket: ServiceTicket, wren: User
) -> None:
    transition_ticket(ticket_id=ticket.pk, to=Status.CANCELLED, actor=wren, site=SITE)

    page = owner.post(f"{ticket.get_absolute_url()}message/", {"body": "Keep the strings."})

    assert "This ticket is closed and takes no more messages." in page.text
    assert "Keep the strings." in page.text
