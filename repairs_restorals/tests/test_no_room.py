"""A disk that is full, or a folder that refuses: nothing is lost but the photos, by name."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from accounts.models import User
from repairs_restorals.models import ServiceTicket, TicketImage, TicketMessage
from repairs_restorals.photos import prepare_photos
from repairs_restorals.tests.board_steps import TAKE_IN
from repairs_restorals.tests.factories import make_photo, make_ticket, photo_file
from store.tests.pictures import upload

pytestmark = pytest.mark.django_db
TYPED = {"title": "Barrel organ", "description": "It wheezes.", "kind": "repair"}
NOT_TAKEN = "The photo “violin.jpg” was not taken: It could not be stored just now."


@pytest.fixture
def no_room(settings: Settings, tmp_path: Path) -> Path:
    """Photos would go into a folder where none can be: its name is that of a file."""
    place = tmp_path / "file"
    place.touch()
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": place}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return place


@contextmanager
def full_disk(largest: int) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("no_room")
def test_the_ticket_is_filed_and_its_photos_are_named(client: Client, alice: User) -> None:
    client.force_login(alice)
    photos = [photo_file(), photo_file("back.jpg")]
    page = client.post("/workshop/tickets/new/", {**TYPED, "photos": photos}, follow=True)

    ticket = ServiceTicket.objects.get()
    assert (ticket.title, ticket.description) == (TYPED["title"], TYPED["description"])
    assert TicketImage.objects.count() == 0
    text = page.content.decode()
    assert NOT_TAKEN in text
    assert "“back.jpg” was not taken" in text


@pytest.mark.usefixtures("no_room")
def test_the_message_is_kept_without_its_photo(client: Client, alice: User) -> None:
    ticket = make_ticket(alice)
    client.force_login(alice)
    sent: dict[str, Any] = {"body": "Look at this.", "photos": photo_file()}
    page = client.post(reverse("repairs:message", args=[ticket.pk]), sent, follow=True)

    assert TicketMessage.objects.get().body == "Look at this."
    assert NOT_TAKEN in page.content.decode()


@pytest.mark.usefixtures("no_room")
def test_photos_alone_are_refused_beside_their_field(client: Client, alice: User) -> None:
    ticket = make_ticket(alice)
    client.force_login(alice)
    sent: dict[str, Any] = {"ticket": ticket.pk, "images": photo_file()}
    page = client.post("/workshop/tickets/add-image/", sent)

    assert page.status_code == 200
    assert "violin.jpg: It could not be stored just now." in page.content.decode()


@pytest.mark.usefixtures("no_room")
@pytest.mark.parametrize(("action", "form"), [("write", "message"), ("note", "note")])
def test_what_staff_write_is_kept_as_well(workshop: Client, action: str, form: str) -> None:
    ticket = make_ticket()
    address = reverse(f"admin:repairs_restorals_serviceticket_{action}", args=[ticket.pk])
    sent: dict[str, Any] = {f"{form}-body": "We looked.", f"{form}-photos": photo_file()}
    page = workshop.post(address, sent, follow=True)

    assert TicketMessage.objects.get().body == "We looked."
    assert NOT_TAKEN in page.content.decode()


@pytest.mark.usefixtures("no_room")
def test_what_is_taken_in_at_the_counter_is_filed(workshop: Client) -> None:
    person = {"email": "nora@example.com", "name": "Nora Neumann"}
    sent: dict[str, Any] = {**TYPED, **person, "photos": photo_file()}
    page = workshop.post(TAKE_IN, sent, follow=True)

    assert ServiceTicket.objects.get().title == TYPED["title"]
    assert NOT_TAKEN in page.content.decode()


def test_one_photo_fits_and_the_other_does_not(private_media: Path) -> None:
    noise = BytesIO()
    Image.effect_noise((1600, 1600), 90).save(noise, format="JPEG", quality=90)
    with full_disk(500_000):
        good, [refused] = prepare_photos([photo_file(), upload(noise.getvalue(), "large.jpg")])

    assert len(good) == 1
    assert refused.name == "large.jpg"
    # Half of a photo is none.
    assert len([path for path in private_media.rglob("*") if path.is_file()]) == 3


def test_a_form_whose_files_do_not_fit_loses_nothing_else(
    client: Client, alice: User, settings: Settings, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "missing")
    client.force_login(alice)
    sent: dict[str, Any] = {**TYPED, "photos": photo_file()}
    page = client.post("/workshop/tickets/new/", sent, follow=True)

    assert ServiceTicket.objects.get().title == TYPED["title"]
    assert NOT_TAKEN in page.content.decode()


def test_a_photo_out_of_reach_is_not_called_gone(
    client: Client, private_media: Path, alice: User
) -> None:
    photo = make_photo(make_ticket(alice))
    client.force_login(alice)
    address = reverse("repairs:photo", args=[photo.ticket_id, photo.pk, "large"])
    path = private_media / photo.stored("large")
    path.unlink()
    gone = client.get(address)
    # What cannot be read, whoever asks: a folder in the place of the file.
    path.mkdir()
    away = client.get(address)

    assert (gone.status_code, away.status_code) == (404, 503)
    assert "This photo cannot be shown just now" in away.content.decode()
    assert (away["Retry-After"], away["Cache-Control"]) == ("30", "no-store, private")
