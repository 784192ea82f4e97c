"""Mails to those in line: one each, with what they are about or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.db.models.signals import pre_save
from django.test import Client

from accounts.models import User
from accounts.retention import retain_all
from accounts.tests.factories import mails_sent
from bag.models import WaitlistEntry
from bag.tests.factories import SITE, free_and_serve, join, make_held_item, sell
from bag.waitlist.mail import event_for, notify_waitlists
from bag.waitlist.services import (
    accept_offer,
    advance_waitlists,
    leave_waitlist,
    unsubscribe,
)
from mail.models import Mail
from mail.outbox import enqueue_mail
from repairshop import timer
from store.models import Item, Piece, ShopProfile
from store.tests.time import let_holds_lapse
from tests.crowd import at_once
from tests.test_mail_server import Mailbox, free_port, mailbox, smtp

__all__ = ["free_port", "mailbox", "smtp"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def vase() -> Item:
    return make_held_item(title="Vase <old>")


def test_the_next_in_line_is_told_once(vase: Item) -> None:
    entry = join(vase, "ann")
    assert notify_waitlists() == 0
    free_and_serve()

    assert notify_waitlists() == 1
    assert notify_waitlists() == 0
    [mail] = mails_sent()
    assert (mail.to, mail.subject) == (["ann@example.com"], "It is your turn: Vase <old>")
    assert f"{SITE}{entry.get_absolute_url()}\n" in mail.body
    assert f"No more such mails: {SITE}/bag/no-mails/{entry.unsubscribe_token}/" in mail.body


def test_a_mail_program_can_unsubscribe_by_itself(vase: Item, mailbox: Mailbox) -> None:
    entry = join(vase, "ann")
    free_and_serve()
    timer.run_jobs()

    [mail] = mailbox.messages
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail["List-Unsubscribe"].strip()
    assert address == f"<{SITE}/bag/no-mails/{entry.unsubscribe_token}/>"
    assert Client().post(address.strip("<>").removeprefix(SITE)).status_code == 200
    assert not WaitlistEntry.objects.open().exists()


def test_an_answer_goes_to_the_shop(vase: Item) -> None:
    ShopProfile.objects.update_or_create(defaults={"email": "shop@example.com"})
    join(vase, "ann")
    free_and_serve()
    notify_waitlists()

    assert Mail.objects.get().reply_to == "shop@example.com"


def test_everybody_in_line_is_told_once_that_it_is_sold(vase: Item) -> None:
    for name in ("ann", "ben"):
        join(vase, name)
    sell(vase)
    advance_waitlists()
    advance_waitlists()

    assert notify_waitlists() == 2
    assert notify_waitlists() == 0
    assert subjects() == ["It has been sold: Vase <old>"] * 2


def test_what_is_withdrawn_is_not_called_sold(vase: Item) -> None:
    join(vase, "ann")
    let_holds_lapse()
    Piece.objects.update(held_by=None, held_since=None, held_until=None, withdrawn_at=Now())
    timer.run_jobs()

    assert subjects() == ["No longer for sale: Vase <old>"]


def test_who_has_taken_it_left_or_missed_it_is_not_written_to(db: None) -> None:
    taken, left, missed, stopped = (
        join(make_held_item(), name) for name in ("ann", "ben", "cat", "dan")
    )
    free_and_serve()
    accept_offer(entry=taken, bag_key="ann", customer=None)
    leave_waitlist(entry=left)
    unsubscribe(entry=stopped)
    Piece.objects.filter(held_by=missed.hold_key).update(held_until=Now() - timedelta(seconds=1))

    assert notify_waitlists() == 0
    assert subjects() == []


def test_news_of_yesterday_are_not_mailed(vase: Item) -> None:
    join(vase, "ann")
    sell(vase)
    advance_waitlists()
    WaitlistEntry.objects.update(changed_at=Now() - timedelta(hours=25))

    assert notify_waitlists() == 0
    assert retain_all()["waitlist"] == 0


@pytest.mark.usefixtures("smtp")
def test_a_turn_that_has_gone_by_is_not_told_when_the_server_comes_back(vase: Item) -> None:
    join(vase, "ann")
    free_and_serve()
    timer.run_jobs()
    assert "refused" in Mail.objects.queued().get().last_error
    past = Now() - timedelta(seconds=1)
    Mail.objects.update(next_try_at=past, useful_until=past)

    timer.run_jobs()
    assert Mail.objects.failed().get().event == "bag.turn"


def test_a_mail_belongs_to_the_hour_in_which_it_is_held(vase: Item) -> None:
    join(vase, "ann")
    free_and_serve()
    notify_waitlists()

    assert Mail.objects.get().useful_until == Piece.objects.get().held_until


def test_who_is_killed_while_writing_leaves_it_to_the_next(vase: Item) -> None:
    join(vase, "ann")
    free_and_serve()
    with ended_before_the_mail_is_written(), pytest.raises(KeyboardInterrupt):
        notify_waitlists()

    assert notify_waitlists() == 1
    assert subjects() == ["It is your turn: Vase <old>"]


@contextmanager
def ended_before_the_mail_is_written() -> Iterator[None]:
    def end(**kwargs: object) -> None:
        raise KeyboardInterrupt

    pre_save.connect(end, sender=Mail)
    yield
    pre_save.disconnect(end, sender=Mail)


def test_no_id_of_a_mail_tells_a_secret(vase: Item) -> None:
    entry = join(vase, "ann")
    free_and_serve()
    notify_waitlists()

    assert entry.secret not in Mail.objects.get().message_id


def test_a_customer_is_written_to_at_the_new_address(vase: Item, alice: User) -> None:
    join(vase, "alice", customer=alice)
    User.objects.update(email="new@example.com")
    free_and_serve()

    assert notify_waitlists() == 1
    assert mails_sent()[0].to == ["new@example.com"]


def test_who_has_unsubscribed_and_waits_by_the_account_gets_no_mail(
    vase: Item, alice: User
) -> None:
    unsubscribe(entry=join(vase, "stranger", email=alice.email))
    join(vase, "alice", customer=alice)
    free_and_serve()

    assert notify_waitlists() == 0
    assert subjects() == []
    assert not WaitlistEntry.objects.to_notify().exists()


def test_many_processes_write_each_mail_once(db: None) -> None:
    for number in range(10):
        join(make_held_item(), f"b{number}")
    free_and_serve()

    assert sum(at_once([notify_waitlists] * 6)) == 10
    assert len(set(Mail.objects.values_list("to"))) == Mail.objects.count() == 10


def look_then_write() -> None:
    """`notify_waitlists` with its protection taken out."""
    for entry in WaitlistEntry.objects.to_notify().with_current_state():
        context = {"entry": entry, "stop": "", "is_removed": False}
        enqueue_mail(event_for(entry), to=entry.address, context=context)
        WaitlistEntry.objects.filter(pk=entry.pk).update(notified_at=Now())


def test_control_processes_that_look_first_write_twice(db: None) -> None:
    # When this fails, the test above has stopped proving anything.
    for number in range(10):
        join(make_held_item(), f"b{number}")
    free_and_serve()
    at_once([look_then_write] * 6)

    assert Mail.objects.count() > 10


def subjects() -> list[str]:
    return [str(mail.subject) for mail in mails_sent()]
