import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from repairs_restorals.models import ServiceTicket, TicketImage, TicketMessage
from repairs_restorals.photos import prepare_photos
from repairs_restorals.tests.factories import make_photo, photo_file

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = 3600


def files(private_media: Path) -> list[str]:
    return sorted(path.name for path in private_media.rglob("*") if path.is_file())


def age(private_media: Path) -> None:
    """Let all files be of yesterday."""
    for path in private_media.rglob("*.jpeg"):
        written = path.stat().st_mtime - 24 * HOUR
        os.utime(path, (written, written))


def sweep(*options: str) -> str:
    said = StringIO()
    call_command("sweep_photos", *options, stdout=said)
    return said.getvalue()


def test_files_go_with_their_row_after_the_commit(
    ticket: ServiceTicket, private_media: Path
) -> None:
    photo = make_photo(ticket)
    with transaction.atomic():
        photo.delete()
        assert files(private_media) == ["large.jpeg", "medium.jpeg", "thumb.jpeg"]
    assert files(private_media) == []


def test_files_stay_when_the_deletion_is_rolled_back(
    ticket: ServiceTicket, private_media: Path
) -> None:
    photo = make_photo(ticket)
    with transaction.atomic():
        photo.delete()
        transaction.set_rollback(True)
    assert len(files(private_media)) == 3


def test_files_go_with_their_ticket_and_message(ticket: ServiceTicket, private_media: Path) -> None:
    first, second = make_photo(ticket), make_photo(ticket)
    message = TicketMessage.objects.create(ticket=ticket, body="Look")
    TicketImage.objects.filter(pk=second.pk).update(message=message)
    message.delete()
    assert len(files(private_media)) == 3
    # The books protect a ticket; only without its draft may it go.
    ServiceTicket.objects.get().invoice.delete()
    ticket.delete()
    assert files(private_media) == []
    assert not TicketImage.objects.filter(pk=first.pk).exists()


def test_an_upload_that_is_rolled_back_leaves_no_file(
    ticket: ServiceTicket, private_media: Path
) -> None:
    with transaction.atomic():
        make_photo(ticket)
        transaction.set_rollback(True)
    assert files(private_media) == []


def test_sweeping_removes_old_files_without_a_row(
    ticket: ServiceTicket, private_media: Path
) -> None:
    kept, stray = make_photo(ticket), make_photo(ticket)
    TicketImage.objects.filter(pk=stray.pk)._raw_delete("default")
    assert sweep() == "0 removed\n"
    age(private_media)

    listed = sweep("--dry-run")
    assert stray.stored("thumb") in listed
    assert "3 would be removed" in listed
    assert len(files(private_media)) == 6

    assert "3 removed" in sweep()
    assert len(files(private_media)) == 3
    assert (private_media / kept.stored("large")).exists()


def test_sweeping_names_photos_without_a_file(ticket: ServiceTicket, private_media: Path) -> None:
    photo = make_photo(ticket)
    (private_media / photo.stored("thumb")).unlink()

    with pytest.raises(CommandError, match=f"{photo.pk} of {ticket.reference}"):
        sweep()
    assert files(private_media) == ["large.jpeg", "medium.jpeg"]


def test_before_the_first_photo_there_is_nothing_to_sweep(private_media: Path) -> None:
    assert sweep() == "0 removed\n"


def test_files_that_were_written_just_now_are_left_alone(private_media: Path) -> None:
    good, _ = prepare_photos([photo_file()])
    assert sweep() == "0 removed\n"
    assert len(files(private_media)) == 3
    del good
    assert files(private_media) == []
