"""Mails to those in line, over a real mail server: one each, and none lost to a server's fault."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import Message
from unittest.mock import Mock

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.mail import EmailMessage
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from bag.line import forget_places, leave_line, serve_lines, take_offer, unsubscribe
from bag.mail import FAILURES, mail_about, tell_those_in_line
from bag.models import SENDING, PlaceInLine
from bag.tests.factories import SITE, free_and_serve, join, make_held_item, sell
from repairshop import timer
from store.models import Item, Piece, ShopProfile
from store.tests.time import let_holds_lapse
from tests.crowd import at_once
from tests.test_mail_server import Mailbox, free_port, mailbox, silent_server, smtp

__all__ = ["free_port", "mailbox", "silent_server", "smtp"]
pytestmark = pytest.mark.django_db(transaction=True)


class Choosy(Mailbox):
    """Refuses one recipient for now."""

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == "ann@example.com":
            return "451 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@contextmanager
def serving(box: Mailbox, settings: Settings) -> Iterator[Mailbox]:
    controller = Controller(box, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@pytest.fixture
def vase() -> Item:
    return make_held_item(title="Vase <old>")


def text_of(message: Message) -> str:
    body = message.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode().replace("\r\n", "\n")


def test_the_next_in_line_is_told_once(vase: Item, mailbox: Mailbox) -> None:
    place = join(vase, "ann")
    assert tell_those_in_line() == 0
    free_and_serve()

    assert tell_those_in_line() == 1
    assert tell_those_in_line() == 0
    assert mailbox.subjects == ["It is your turn: Vase <old>"]
    text = text_of(mailbox.messages[0])
    assert f"{SITE}{place.get_absolute_url()}\n" in text
    assert f"No more such mails: {SITE}/bag/no-mails/{place.stop}/" in text
    assert mailbox.messages[0]["To"] == "ann@example.com"


def test_a_mail_program_can_unsubscribe_by_itself(vase: Item, mailbox: Mailbox) -> None:
    place = join(vase, "ann")
    free_and_serve()
    tell_those_in_line()

    [mail] = mailbox.messages
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail["List-Unsubscribe"].strip()
    assert address == f"<{SITE}/bag/no-mails/{place.stop}/>"
    assert Client().post(address.strip("<>").removeprefix(SITE)).status_code == 200
    assert not PlaceInLine.objects.open().exists()


def test_an_answer_goes_to_the_shop(vase: Item) -> None:
    ShopProfile.objects.update_or_create(defaults={"email": "shop@example.com"})
    place = join(vase, "ann")
    free_and_serve()

    mail = mail_about(PlaceInLine.objects.with_standing().get(pk=place.pk))
    assert mail.reply_to == ["shop@example.com"]


def test_everybody_in_line_is_told_once_that_it_is_sold(vase: Item, mailbox: Mailbox) -> None:
    for name in ("ann", "ben"):
        join(vase, name)
    sell(vase)
    serve_lines()
    serve_lines()

    assert tell_those_in_line() == 2
    assert tell_those_in_line() == 0
    assert mailbox.subjects == ["It has been sold: Vase <old>"] * 2


def test_what_is_withdrawn_is_not_called_sold(vase: Item, mailbox: Mailbox) -> None:
    join(vase, "ann")
    let_holds_lapse()
    Piece.objects.update(held_by=None, held_since=None, held_until=None, withdrawn_at=Now())
    timer.run_jobs()

    assert mailbox.subjects == ["No longer for sale: Vase <old>"]


def test_who_has_taken_it_left_or_missed_it_is_not_written_to(mailbox: Mailbox) -> None:
    taken, left, missed, stopped = (
        join(make_held_item(), name) for name in ("ann", "ben", "cat", "dan")
    )
    free_and_serve()
    take_offer(place=taken, bag_key="ann", customer=None)
    leave_line(place=left)
    unsubscribe(place=stopped)
    Piece.objects.filter(held_by=missed.key).update(held_until=Now() - timedelta(seconds=1))

    assert tell_those_in_line() == 0
    assert mailbox.subjects == []


def test_news_of_yesterday_are_not_mailed(vase: Item, mailbox: Mailbox) -> None:
    join(vase, "ann")
    sell(vase)
    serve_lines()
    PlaceInLine.objects.update(changed_at=Now() - timedelta(hours=25))

    assert tell_those_in_line() == 0
    assert forget_places() == 0


def test_what_could_not_be_sent_is_sent_in_the_next_round(
    vase: Item, smtp: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    place = join(vase, "ann")
    free_and_serve()

    assert timer.run_jobs().error == ""
    assert f"Mail about place {place.pk} in line could not be sent" in caplog.text
    with serving(Mailbox(), smtp) as box:
        timer.run_jobs()
        timer.run_jobs()
        assert box.subjects == ["It is your turn: Vase <old>"]


def test_a_mail_whose_process_was_killed_is_sent_after_a_while(
    vase: Item, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(vase, "ann")
    free_and_serve()
    with monkeypatch.context() as killing:
        killing.setattr(EmailMessage, "send", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            tell_those_in_line()

    assert tell_those_in_line() == 0
    PlaceInLine.objects.update(sending_at=Now() - SENDING - timedelta(seconds=1))
    assert tell_those_in_line() == 1
    assert mailbox.subjects == ["It is your turn: Vase <old>"]


def test_each_try_at_a_mail_has_one_id_and_tells_no_secret(vase: Item) -> None:
    place = join(vase, "ann")
    free_and_serve()
    now = PlaceInLine.objects.with_standing().get(pk=place.pk)

    ids = {mail_about(now).message()["Message-ID"] for _ in range(2)}
    assert len(ids) == 1
    assert place.secret not in ids.pop()


def test_a_customer_is_written_to_at_the_new_address(
    vase: Item, alice: User, mailbox: Mailbox
) -> None:
    join(vase, "alice", customer=alice)
    User.objects.update(email="new@example.com")
    free_and_serve()

    assert tell_those_in_line() == 1
    assert mailbox.messages[0]["To"] == "new@example.com"


def test_who_has_unsubscribed_and_waits_by_the_account_gets_no_mail(
    vase: Item, alice: User, mailbox: Mailbox
) -> None:
    unsubscribe(place=join(vase, "stranger", email=alice.email))
    join(vase, "alice", customer=alice)
    free_and_serve()

    assert tell_those_in_line() == 0
    assert mailbox.subjects == []
    assert not PlaceInLine.objects.untold().exists()


def test_one_refused_address_does_not_stop_the_others(smtp: Settings) -> None:
    for name in ("ann", "ben", "cat"):
        join(make_held_item(), name)
    free_and_serve()

    with serving(Choosy(), smtp) as box:
        assert tell_those_in_line() == 2
        assert sorted(mail["To"] for mail in box.messages) == ["ben@example.com", "cat@example.com"]
    assert PlaceInLine.objects.untold().get().email == "ann@example.com"


@pytest.mark.usefixtures("smtp")
def test_a_server_that_is_down_is_asked_a_few_times_in_a_round(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for number in range(FAILURES + 3):
        join(make_held_item(), f"b{number}")
    free_and_serve()

    assert tell_those_in_line() == 0
    assert caplog.text.count("could not be sent") == FAILURES
    assert PlaceInLine.objects.untold().count() == FAILURES + 3


@pytest.mark.usefixtures("silent_server")
def test_a_server_that_hangs_stops_no_other_job(vase: Item) -> None:
    join(vase, "ann")
    let_holds_lapse()

    last = timer.run_jobs()
    assert last.error == ""
    assert set(last.done) == {job.__name__ for job in timer.JOBS}


def test_many_processes_send_each_mail_once(mailbox: Mailbox) -> None:
    for number in range(10):
        join(make_held_item(), f"b{number}")
    free_and_serve()

    assert sum(at_once([tell_those_in_line] * 6)) == 10
    assert len({mail["To"] for mail in mailbox.messages}) == len(mailbox.messages) == 10


def send_then_write() -> None:
    """`tell_those_in_line` with its protection taken out: written down afterwards."""
    for place in PlaceInLine.objects.untold().with_standing():
        mail_about(place).send()
        PlaceInLine.objects.filter(pk=place.pk).update(told_at=Now())


def test_control_processes_that_write_it_down_afterwards_send_twice(mailbox: Mailbox) -> None:
    # When this fails, the test above has stopped proving anything.
    for number in range(10):
        join(make_held_item(), f"b{number}")
    free_and_serve()
    at_once([send_then_write] * 6)

    assert len(mailbox.messages) > 10


def test_no_mail_is_sent_inside_of_a_transaction(vase: Item, mailbox: Mailbox) -> None:
    seen: list[bool] = []

    def look(message: object) -> None:
        seen.append(PlaceInLine.objects.filter(sending_at=None).exists())
        connection.close()

    join(vase, "ann")
    free_and_serve()
    mailbox.handle_message = look  # type: ignore[method-assign]
    tell_those_in_line()

    # The server's thread has a connection of its own: what it sees is committed.
    assert seen == [False]
