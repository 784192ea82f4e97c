from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from repairs_restorals.models import BeforeAfter, ServiceTicket, TicketImage
from repairs_restorals.models.photos import private_storage
from repairs_restorals.photo_views import SIDES
from repairs_restorals.photos import prepare_photos
from repairs_restorals.services import write_message
from repairs_restorals.tests.factories import SITE, make_photo, make_ticket, photo_file

pytestmark = pytest.mark.django_db


def address(photo: TicketImage, size: str = "large") -> str:
    return reverse("repairs:photo", args=[photo.ticket_id, photo.pk, size])


def status_address(photo: TicketImage, size: str = "large") -> str:
    return reverse("repairs:status-photo", args=[photo.ticket.status_secret, photo.pk, size])


def internal_photo(ticket: ServiceTicket, wren: User) -> TicketImage:
    good, _ = prepare_photos([photo_file()])
    note = write_message(
        ticket_id=ticket.pk,
        author=wren,
        body="Look at that.",
        photos=good,
        from_workshop=True,
        internal=True,
        site=SITE,
    )
    return note.images.get()


def make_pair(ticket: ServiceTicket, **fields: Any) -> BeforeAfter:
    before, after = make_photo(ticket), make_photo(ticket, stage="after")
    return BeforeAfter.objects.create(
        ticket=ticket, before=before, after=after, caption="A violin", consent="by mail", **fields
    )


def bare(answer: Any) -> tuple[int, dict[str, str], bytes]:
    """An answer without what differs between any two: the number of the request."""
    headers = dict(answer.headers)
    number = headers.pop("X-Request-ID")
    return answer.status_code, headers, answer.content.replace(number.encode(), b"")


@pytest.fixture
def photo(ticket: ServiceTicket) -> TicketImage:
    return make_photo(ticket)


@pytest.mark.parametrize("size", ["large", "thumb"])
@pytest.mark.parametrize("who", ["alice", "wren"])
def test_owner_and_workshop_see_a_photo(
    client: Client, photo: TicketImage, who: str, size: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))

    answer = client.get(address(photo, size))

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith('inline; filename="photo-')
    assert answer.content[:2] == b"\xff\xd8"


@pytest.mark.parametrize("who", [None, "bob", "sam"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_others_get_what_is_not_there(
    client: Client, photo: TicketImage, who: str, method: str, request: pytest.FixtureRequest
) -> None:
    if who:
        client.force_login(request.getfixturevalue(who))
    ask: Callable[[str], Any] = getattr(client, method)

    theirs = bare(ask(address(photo)))
    missing = bare(ask(reverse("repairs:photo", args=[99999, 99999, "large"])))

    assert theirs[0] == 404
    assert theirs == missing


def test_wrong_addresses_are_all_the_same(client: Client, photo: TicketImage, alice: User) -> None:
    client.force_login(alice)
    other = make_photo(make_ticket(alice))
    nothing = bare(client.get(reverse("repairs:photo", args=[99999, 99999, "large"])))
    elsewhere = reverse("repairs:photo", args=[photo.ticket_id, other.pk, "large"])
    endless = reverse("repairs:photo", args=[photo.ticket_id, 10**40, "large"])

    for wrong in (address(photo, "huge"), elsewhere, endless):
        assert bare(client.get(wrong)) == nothing
    private_storage().delete(photo.stored("large"))
    assert bare(client.get(address(photo))) == nothing


def test_only_the_workshop_sees_photos_of_notes(
    client: Client, ticket: ServiceTicket, alice: User, wren: User
) -> None:
    photo = internal_photo(ticket, wren)
    client.force_login(alice)
    assert client.get(address(photo)).status_code == 404
    assert client.get(status_address(photo)).status_code == 404

    client.force_login(wren)
    assert client.get(address(photo)).status_code == 200


def test_who_is_no_longer_staff_sees_nothing(
    client: Client, photo: TicketImage, wren: User
) -> None:
    client.force_login(wren)
    User.objects.filter(pk=wren.pk).update(is_staff=False)

    assert client.get(address(photo)).status_code == 404


def test_a_part_is_answered_with_the_whole(client: Client, photo: TicketImage, alice: User) -> None:
    client.force_login(alice)
    whole = client.get(address(photo))

    for part in ("bytes=0-9", "bytes=999999999-", "bytes=-1,5-2", "lines=1"):
        answer = client.get(address(photo), headers={"Range": part})
        assert (answer.status_code, answer.content) == (200, whole.content)


def test_the_status_link_shows_its_own_photos(client: Client, photo: TicketImage) -> None:
    other = make_photo(make_ticket())
    wrong = reverse("repairs:status-photo", args=[photo.ticket.status_secret, other.pk, "large"])

    assert client.get(status_address(photo)).status_code == 200
    assert client.get(wrong).status_code == 404


def test_a_revoked_link_shows_no_photos(client: Client, photo: TicketImage) -> None:
    old = status_address(photo)
    ServiceTicket.objects.update(status_secret=None)

    assert client.get(old).status_code == 404
    assert client.get(old.replace(old.split("/")[3], "None")).status_code == 404


@pytest.mark.parametrize("side", ["before", "after"])
def test_everybody_sees_what_is_shown(client: Client, ticket: ServiceTicket, side: str) -> None:
    pair = make_pair(ticket)

    answer = client.get(reverse("repairs:shown", args=[pair.pk, side]))

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_nobody_sees_what_is_no_longer_shown(client: Client, ticket: ServiceTicket) -> None:
    hidden = make_pair(ticket, shown=False)
    shown = make_pair(ticket)
    nothing = bare(client.get(reverse("repairs:shown", args=[99999, "before"])))

    assert bare(client.get(reverse("repairs:shown", args=[hidden.pk, "before"]))) == nothing
    assert bare(client.get(reverse("repairs:shown", args=[shown.pk, "recorded_by"]))) == nothing


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_photos_are_only_read(client: Client, photo: TicketImage, method: str) -> None:
    assert getattr(client, method)(address(photo)).status_code == 405


def test_a_photo_is_a_picture_of_its_size(client: Client, ticket: ServiceTicket) -> None:
    photo = make_photo(ticket)
    with private_storage().open(photo.stored("large")) as file:
        assert Image.open(file).size == (photo.width, photo.height)


# --- A page for each photo ---------------------------------------------------


def photo_page(photo: TicketImage) -> str:
    return reverse("repairs:photo-page", args=[photo.ticket_id, photo.pk])


def test_a_photo_has_a_page_with_the_way_back_and_to_those_beside_it(
    client: Client, ticket: ServiceTicket, alice: User
) -> None:
    first, second = make_photo(ticket), make_photo(ticket, caption="The label")
    client.force_login(alice)

    page = client.get(photo_page(second)).content.decode()

    assert f'href="{ticket.get_absolute_url()}"' in page
    assert f'href="{photo_page(first)}"' in page
    assert "The label</h1>" in page
    assert "site-header" in page


def test_pages_of_photos_are_for_whom_the_photos_are(
    client: Client, ticket: ServiceTicket, bob: User, wren: User
) -> None:
    public, internal = make_photo(ticket), internal_photo(ticket, wren)
    status = reverse("repairs:status-photo-page", args=[ticket.status_secret, public.pk])
    hidden = reverse("repairs:status-photo-page", args=[ticket.status_secret, internal.pk])
    page = client.get(status)
    assert page.status_code == 200
    assert hidden not in page.content.decode()
    assert client.get(hidden).status_code == 404
    for user in (None, bob, ticket.customer):
        client.logout()
        if user:
            client.force_login(user)
        seen = [client.get(photo_page(photo)).status_code for photo in (public, internal)]
        assert seen == ([200, 404] if user == ticket.customer else [404, 404])


def test_a_photo_of_an_earlier_release_is_shown_in_the_size_that_there_is(
    client: Client, private_media: Path, photo: TicketImage, alice: User
) -> None:
    (private_media / photo.stored("medium")).unlink()
    client.force_login(alice)

    assert client.get(address(photo, "medium")).status_code == 200


def test_a_pair_has_pages_of_its_own_while_it_is_shown(
    client: Client, ticket: ServiceTicket
) -> None:
    pair = make_pair(ticket)
    before, after = (reverse("repairs:shown-page", args=[pair.pk, side]) for side in SIDES)

    workshop = client.get(reverse("repairs:workshop")).text
    assert f'href="{before}" data-full=' in workshop
    page = client.get(before).text
    assert "Before: A violin" in page
    assert f'href="{after}" rel="next"' in page
    assert f'href="{reverse("repairs:workshop")}"' in page
    assert f'href="{before}" rel="prev"' in client.get(after).text
    assert client.get(before.replace("before", "between")).status_code == 404
    BeforeAfter.objects.update(shown=False)
    assert client.get(before).status_code == 404


def test_the_page_of_a_photo_leads_its_owner_to_the_ticket_and_staff_to_the_board(
    client: Client, photo: TicketImage, wren: User
) -> None:
    page = reverse("repairs:photo-page", args=[photo.ticket_id, photo.pk])
    board = reverse("admin:repairs_restorals_serviceticket_change", args=[photo.ticket_id])

    client.force_login(photo.ticket.customer)
    assert f'href="{reverse("repairs:ticket", args=[photo.ticket_id])}"' in client.get(page).text
    client.force_login(wren)
    assert f'href="{board}"' in client.get(page).text
    assert f'href="{page}" data-full=' in client.get(board).text
