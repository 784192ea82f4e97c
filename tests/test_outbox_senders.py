"""The sender and a real mail server: each mail arrives, and as few as can be arrive twice."""

import smtplib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.core.mail import get_connection
from django.db import connection
from django.db.models.functions import Now
from pytest_django.fixtures import Settings

from accounts.retention import retain_all
from mail import sending
from mail.models import GIVE_UP, LEASE, Mail
from mail.outbox import PRODUCERS
from mail.sending import PAUSES, message_of, send_again, send_mails
from repairshop import timer
from tests.crowd import at_once, meeting
from tests.smtp_server import Server, serving
from tests.test_mail_server import free_port, silent_server, smtp

__all__ = ["free_port", "silent_server", "smtp"]
pytestmark = [pytest.mark.on_both, pytest.mark.django_db(transaction=True)]
SECOND = timedelta(seconds=1)
ANN = "ann@example.com"


@pytest.fixture
def server(smtp: Settings) -> Iterator[Server]:
    with serving(smtp.EMAIL_PORT) as server:
        yield server


def write(to: str = ANN, **fields: Any) -> Mail:
    number = Mail.objects.count()
    defaults = {
        "event": "accounts.deactivated",
        "subject": f"Mail {number}",
        "text": "Grüße\n",
        "html": "<p>Grüße</p>",
        "message_id": f"<{uuid4().hex}@example.com>",
    }
    return Mail.objects.create(to=to, **{**defaults, **fields})


def write_many(count: int) -> None:
    for number in range(count):
        write(f"a{number}@example.com")


def let_pass(time: timedelta) -> None:
    """Make every mail older by so much."""
    for mail in Mail.objects.all():
        for name in ("next_try_at", "claimed_until", "queued_at", "sent_at"):
            if value := getattr(mail, name):
                setattr(mail, name, value - time)
        mail.save()


def test_text_and_html_arrive(server: Server) -> None:
    write(reply_to="shop@example.com", headers={"List-Unsubscribe": "<https://example.com/>"})

    assert send_mails() == 1
    [mail] = server.taken
    parts = {part.get_content_type(): part.get_content().strip() for part in mail.iter_parts()}
    assert parts == {"text/plain": "Grüße", "text/html": "<p>Grüße</p>"}
    assert (mail["To"], mail["Reply-To"]) == (ANN, "shop@example.com")
    assert mail["List-Unsubscribe"] == "<https://example.com/>"
    assert mail["Message-ID"] == Mail.objects.get().message_id


def test_what_is_sent_is_not_sent_again(server: Server) -> None:
    write()

    assert [send_mails(), send_mails()] == [1, 0]
    mail = Mail.objects.get()
    assert (mail.state, mail.tries, mail.claimed_until) == ("sent", 1, None)
    assert mail.sent_at


def test_many_mails_need_one_connection(server: Server) -> None:
    write_many(20)

    assert send_mails() == 20
    assert server.connections == 1


def test_eight_senders_send_each_mail_once(server: Server) -> None:
    write_many(40)

    assert sum(at_once([send_mails] * 8)) == 40
    assert set(server.times().values()) == {1}
    assert len(server.times()) == 40


def look_then_send() -> None:
    """`send_mails` with its protection taken out: nobody says what is in their hands."""
    backend = get_connection()
    for mail in Mail.objects.due():
        backend.send_messages([message_of(mail)])
        sending.record_success(mail)


def test_control_senders_that_claim_nothing_send_twice(server: Server) -> None:
    # When this fails, the test above has stopped proving anything.
    write_many(40)
    # None says that the first mail is sent before all eight have sent it.
    meeting("UPDATE", [look_then_send] * 8)

    assert max(server.times().values()) == 8


def test_no_transaction_is_open_while_the_server_talks(server: Server) -> None:
    seen: list[int] = []

    async def look(*given: object) -> str:
        seen.append(await sync_to_async(claimed)())
        return "250 OK"

    write()
    server.handle_DATA = look  # type: ignore[method-assign, assignment]
    send_mails()

    # The server's thread has a connection of its own: what it sees is committed.
    assert seen == [1]


def claimed() -> int:
    try:
        return Mail.objects.filter(claimed_until__gt=Now()).count()
    finally:
        connection.close()


def test_who_is_killed_leaves_the_mail_for_later_under_the_same_id(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    with monkeypatch.context() as killing:
        killing.setattr(smtplib.SMTP, "sendmail", sendmail_and_die)
        with pytest.raises(KeyboardInterrupt):
            send_mails()

    assert send_mails() == 0
    let_pass(LEASE + SECOND)
    assert send_mails() == 1
    assert server.times() == {"Mail 0": 2}
    assert len(server.ids("Mail 0")) == 1


def sendmail_and_die(smtp: smtplib.SMTP, *given: Any, **options: Any) -> None:
    original(smtp, *given, **options)
    raise KeyboardInterrupt


original = smtplib.SMTP.sendmail


@pytest.mark.parametrize("mood", ["busy", "closes", "drops", "forgets"])
def test_what_goes_wrong_for_now_is_tried_again_after_a_minute(server: Server, mood: str) -> None:
    write()
    server.mood = mood
    assert send_mails() == 0
    server.mood = "well"
    assert send_mails() == 0

    assert Mail.objects.get().last_error
    let_pass(PAUSES[0] + SECOND)
    assert send_mails() == 1
    assert len(server.ids("Mail 0")) == 1
    assert Mail.objects.get().last_error == ""


def test_pauses_grow(server: Server) -> None:
    write()
    server.mood = "busy"
    for pause in [*PAUSES, PAUSES[-1]]:
        let_pass(timedelta(seconds=5))
        send_mails()
        tried = Mail.objects.get()
        let_pass(pause - timedelta(seconds=30))
        send_mails()
        assert Mail.objects.get().tries == tried.tries
        Mail.objects.update(queued_at=Now(), next_try_at=Now())

    assert Mail.objects.get().tries == len(PAUSES) + 1


@pytest.mark.parametrize("mood", ["refuses", "too large"])
def test_a_refusal_for_good_is_final(server: Server, mood: str) -> None:
    write()
    server.mood = mood
    assert send_mails() == 0

    mail = Mail.objects.get()
    assert (mail.state, mail.tries) == ("failed", 1)
    assert "55" in mail.last_error


@pytest.mark.parametrize("address", ["", "a b@example.com\nBcc: all@example.com"])
def test_an_address_that_is_none_stops_no_other_mail(server: Server, address: str) -> None:
    write(address)
    write()

    assert send_mails() == 1
    assert server.subjects == ["Mail 1"]
    assert Mail.objects.failed().get().subject == "Mail 0"


def test_one_refused_address_stops_no_other_mail(server: Server) -> None:
    for name in ("ann", "ben", "cat"):
        write(f"{name}@example.com")
    server.moods = {ANN: "busy"}

    assert send_mails() == 2
    assert Mail.objects.queued().get().to == ANN


def test_a_mail_over_which_the_server_dies_does_not_keep_the_others(server: Server) -> None:
    for name in ("ann", "ben", "cat"):
        write(f"{name}@example.com")
    server.moods = {ANN: "drops"}

    assert [send_mails(), send_mails()] == [0, 2]


def test_a_server_that_is_down_costs_one_look_and_no_try(smtp: Settings) -> None:
    write_many(3)

    assert timer.run_jobs().error == ""
    for mail in Mail.objects.all():
        assert (mail.state, mail.tries) == ("queued", 0)
        assert "refused" in mail.last_error
    with serving(smtp.EMAIL_PORT) as server:
        assert send_mails() == 0
        let_pass(sending.PAUSE_OF_SERVER)
        assert send_mails() == 3
        assert len(server.taken) == 3


@pytest.mark.usefixtures("silent_server")
def test_a_server_that_hangs_stops_no_other_job() -> None:
    write_many(3)

    last = timer.run_jobs()
    assert last.error == ""
    assert set(last.done) == {job.__name__ for job in timer.JOBS}
    assert "timed out" in Mail.objects.all()[0].last_error


def test_a_server_that_hangs_in_the_middle_ends_the_round(server: Server) -> None:
    write_many(3)
    server.mood = "hangs"

    assert send_mails() == 0
    assert [mail.tries for mail in Mail.objects.order_by("pk")] == [1, 0, 0]


def test_a_round_has_an_end(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SECONDS_A_ROUND", 0.5)
    write_many(30)
    server.pause = 0.1

    assert 1 <= send_mails() < 20


def test_after_three_days_nobody_tries_any_more(smtp: Settings) -> None:
    write()
    send_mails()
    let_pass(GIVE_UP + SECOND)
    send_mails()

    mail = Mail.objects.failed().get()
    assert "refused" in mail.last_error
    with serving(smtp.EMAIL_PORT) as server:
        assert send_mails() == 0
        assert server.taken == []


def test_whose_claim_has_run_out_has_no_say(server: Server) -> None:
    mail = write()
    slow = sending.claim(mail.pk)
    let_pass(LEASE + SECOND)
    assert slow
    assert sending.claim(mail.pk)

    sending.record_failure(slow, OSError("late"))
    assert Mail.objects.get().claimed_until
    assert Mail.objects.get().last_error == ""


@pytest.mark.parametrize("mood", ["well", "refuses"])
def test_what_gives_rights_is_wiped(server: Server, mood: str) -> None:
    mail = write(sensitive=True)
    server.mood = mood
    send_mails()

    mail.refresh_from_db()
    assert mail.state != "queued"
    assert (mail.text, mail.html) == ("", "")
    assert not send_again(mail_id=mail.pk)


def test_what_gives_rights_is_wiped_after_three_days_too(server: Server) -> None:
    write(sensitive=True)
    let_pass(GIVE_UP + SECOND)
    send_mails()

    assert Mail.objects.failed().get().text == ""


def test_an_attachment_is_made_when_the_mail_is_sent(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PRODUCERS, "paper", lambda pk: (f"{pk}.pdf", b"%PDF", "application/pdf"))
    write(attachment="paper:45")
    send_mails()

    [paper] = server.taken[0].iter_attachments()
    assert (paper.get_filename(), paper.get_content()) == ("45.pdf", b"%PDF")


def test_an_attachment_that_cannot_be_made_stops_no_other_mail(server: Server) -> None:
    write(attachment="nonsense:1")
    write()

    assert send_mails() == 1
    mail = Mail.objects.queued().get()
    assert (mail.tries, "nonsense" in mail.last_error) == (1, True)


def test_what_was_sent_can_be_sent_again_as_a_new_mail(server: Server) -> None:
    mail, _other = write(), write()
    send_mails()

    assert send_again(mail_id=mail.pk)
    assert send_mails() == 1
    assert len(server.ids("Mail 0")) == 2


def test_what_waits_is_sent_at_once_when_asked(server: Server) -> None:
    mail = write(next_try_at=Now() + timedelta(hours=5))
    assert send_mails() == 0

    assert send_again(mail_id=mail.pk)
    assert send_mails() == 1
    assert server.ids("Mail 0") == {mail.message_id}


def test_what_was_sent_long_ago_is_forgotten(server: Server, settings: Settings) -> None:
    settings.KEEP_MAILS = timedelta(days=2)
    write()
    send_mails()
    write(state="failed")

    assert retain_all()["mails"] == 0
    let_pass(timedelta(days=2) + SECOND)
    assert retain_all()["mails"] == 1
    assert Mail.objects.get().state == "failed"
