"""The set-up list of the front desk: what is missing, and what a shop does not do without it."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import mails_sent, make_staff
from mail.models import Mail
from mail.sending import send_mails
from repairshop.front_desk.setting_up import STEPS, steps_for
from store.models import ShopProfile
from store.tests.factories import SET_UP, make_item

pytestmark = [pytest.mark.django_db, pytest.mark.bare_shop]


@pytest.fixture
def mary(client: Client) -> User:
    user = make_staff("mary@example.com", group=MANAGERS)
    client.force_login(user)
    return user


def missing(user: User) -> list[str]:
    return [step.name for step in steps_for(user)]


def write(**values: Any) -> None:
    ShopProfile.objects.update_or_create(pk=1, defaults=values)


def test_a_fresh_shop_is_told_all_that_is_missing_and_what_follows(
    client: Client, mary: User
) -> None:
    # A shop that has none yet has no rates of other countries to look up again.
    steps = [step for step in STEPS if step.name != "vat-rates"]
    assert missing(mary) == [step.name for step in steps]

    page = client.get("/admin/").text
    assert "Nobody is offered to pay by transfer." in page
    for step in steps:
        assert f"{step.title}" in page
        if step.address:
            assert client.get(step.address, follow=True).status_code == 200


def test_what_is_written_is_off_the_list(client: Client, mary: User, settings: Settings) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_1"
    texts = {"country_code": "DE", "privacy": "None.", "imprint": "Ours.", "opening_hours": "Never"}
    write(**SET_UP, **texts, notice="shop/notice.webp")
    make_item()
    make_staff("second@example.com", group=MANAGERS)
    assert missing(mary) == ["mails", "backup"]

    client.post("/admin/test-mail/")
    assert mails_sent()[0].to == [mary.email]
    client.post("/admin/set-up/backup/done/")
    assert missing(mary) == []
    assert "Set up your shop" not in client.get("/admin/").text


def test_a_step_that_can_be_seen_is_not_ticked_off(client: Client, mary: User) -> None:
    assert client.post("/admin/set-up/bank/done/").status_code == 404
    assert client.get("/admin/set-up/backup/done/").status_code == 405
    client.post("/admin/set-up/backup/done/")
    client.post("/admin/set-up/hours/done/")

    assert {"backup", "hours"}.isdisjoint(missing(mary))
    assert "bank" in missing(mary)


def test_whoever_comes_from_the_list_goes_on_with_it(client: Client, mary: User) -> None:
    steps = {step.name: step.address for step in STEPS}
    address, data = steps["category"], {"position": "0"}

    saved = client.post(address, {**data, "name": "Clocks", "slug": "clocks"})
    assert saved["Location"] == "/admin/"
    again = client.post(address, {**data, "name": "More", "slug": "more", "_addanother": "1"})
    assert again["Location"] == address
    other = client.post(address.split("?")[0], {**data, "name": "Other", "slug": "other"})
    assert other["Location"] == "/admin/store/category/"


def test_only_who_may_set_it_up_sees_the_list(client: Client, sam: User) -> None:
    client.force_login(sam)

    assert missing(sam) == []
    assert "Set up your shop" not in client.get("/admin/").text
    assert client.post("/admin/test-mail/").status_code == 403
    assert client.post("/admin/set-up/backup/done/").status_code == 403
    assert not Mail.objects.exists()


@pytest.mark.parametrize("backend", ["EmailBackend", "ConsoleBackend"])
def test_without_a_mail_server_no_mail_reads_sent(
    client: Client, mary: User, settings: Settings, backend: str
) -> None:
    settings.EMAIL_BACKEND = f"mail.unsent.{backend}"
    answer = client.post("/admin/test-mail/", follow=True)
    send_mails()

    mail = Mail.objects.get(event="repairshop.test")
    assert (mail.state, mail.sent_at) == (Mail.State.UNSENT, None)
    assert mail.can_go_again
    assert "not sent: no mail server" in client.get(answer.request["PATH_INFO"]).text
    assert "mails" in missing(mary)
    assert "There is no mail server" in answer.text


def test_the_list_names_chapters_that_are_there_and_no_settings(settings: Settings) -> None:
    for step in STEPS:
        assert not re.search(r"[A-Z]+_[A-Z]+", f"{step.title} {step.consequence}")
        if step.chapter:
            named = re.search(r"“(.+)” in (docs/\w+\.md)", str(step.chapter))
            assert named
            assert f"\n## {named[1]}\n" in (settings.BASE_DIR / named[2]).read_text()
    assert sum(bool(step.chapter) for step in STEPS) == 3


def test_without_a_mail_server_no_button_asks_for_a_test_mail(
    client: Client, mary: User, settings: Settings
) -> None:
    assert "Send a test mail" in client.get("/admin/").text
    settings.EMAIL_BACKEND = "mail.unsent.ConsoleBackend"
    page = client.get("/admin/").text
    assert "There is no mail server: a test mail would reach nobody." in page
    assert "Send a test mail" not in page

    client.post("/admin/set-up/mails/done/")
    assert "mails" not in missing(mary)


def test_a_colleague_who_cannot_log_in_is_none(mary: User) -> None:
    zoe = make_staff("zoe@example.com", group=MANAGERS)
    assert "colleagues" not in missing(mary)
    zoe.set_unusable_password()
    zoe.save()
    assert "colleagues" in missing(mary)
