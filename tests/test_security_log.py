"""Who did what that touches who may do what: kept, shown to managers, changed by nobody."""

import json
import logging
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.admin.versions import version_of
from accounts.groups import MANAGERS, SHOP_STAFF
from accounts.models import SecurityLogEntry, User
from accounts.retention import retain, retain_all
from accounts.tests.factories import PASSWORD, make_staff
from repairshop.timer import JOBS
from store.models import Item

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

LOG = "/admin/accounts/securitylogentry/"


def log_in(client: Client, email: str, password: str = PASSWORD) -> None:
    client.post("/accounts/login/", {"username": email, "password": password})


def events() -> list[tuple[str, str]]:
    return [(entry.event, entry.who) for entry in SecurityLogEntry.objects.order_by("pk")]


@pytest.fixture
def boss(client: Client, db: None) -> Client:
    client.force_login(make_staff("boss@example.com", group=MANAGERS))
    SecurityLogEntry.objects.all().delete()
    return client


def test_log_ins_are_kept_and_those_that_fail_alike_for_known_and_unknown(alice: User) -> None:
    for email in (alice.email, "nobody@example.com"):
        log_in(Client(REMOTE_ADDR="203.0.113.9"), email, "wrong")
    log_in(Client(REMOTE_ADDR="203.0.113.9"), alice.email)

    assert ("login_failed", alice.email) in events()
    assert ("login_failed", "nobody@example.com") in events()
    assert ("logged_in", alice.email) in events()
    entry = SecurityLogEntry.objects.filter(event="logged_in").get()
    assert (entry.user, entry.address) == (alice, "203.0.113.9")
    assert not SecurityLogEntry.objects.filter(about__contains=PASSWORD).exists()


def test_whoever_has_to_wait_fills_no_log(alice: User, client: Client) -> None:
    for _ in range(30):
        log_in(client, alice.email, "wrong")

    assert SecurityLogEntry.objects.filter(event="login_failed").count() < 15


def test_each_entry_is_a_line_of_json(alice: User, caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("security")
    logger.addHandler(caplog.handler)
    try:
        log_in(Client(), alice.email, "wrong\n{}")
    finally:
        logger.removeHandler(caplog.handler)

    line = json.loads(next(r.getMessage() for r in caplog.records if r.name == "security"))
    assert line["event"] == "login_failed"
    assert line["who"] == alice.email
    assert line["from"] == "127.0.0.1"
    assert "at" in line


def test_rights_are_told_with_who_gave_them(boss: Client, sam: User) -> None:
    group = Group.objects.get(name=SHOP_STAFF)
    form = {"email": sam.email, "name": sam.name, "is_active": "on", "groups": [group.pk]}
    counts = {"customer-TOTAL_FORMS": "0", "customer-INITIAL_FORMS": "0"}
    version = {"version": version_of(sam)}
    boss.post(f"/admin/accounts/user/{sam.pk}/change/", {**form, **counts, **version})

    entry = SecurityLogEntry.objects.get(event="rights_changed")
    assert (entry.user, entry.about) == (sam, "is_staff, by boss@example.com")


def test_exports_settings_and_refused_pages_are_told(boss: Client, clock: Item, sam: User) -> None:
    file = boss.get("/admin/store/item/export/")
    assert (file.status_code, bool(file.getvalue())) == (200, True)
    other = Client()
    other.force_login(sam)
    for _ in range(3):
        assert other.get("/admin/accounts/user/add/").status_code == 403

    assert ("exported", "boss@example.com") in events()
    assert events().count(("access_refused", sam.email)) == 1


def test_managers_read_it_and_nobody_changes_it(
    boss: Client, admin_client: Client, sam: User
) -> None:
    log_in(Client(), "nobody@example.com", "wrong")
    entry = SecurityLogEntry.objects.get(event="login_failed")
    page = f"{LOG}{entry.pk}/change/"

    assert "nobody@example.com" in boss.get(LOG).content.decode()
    assert "Log-in failed" in boss.get(page).content.decode()
    assert boss.get(f"{LOG}?event=login_failed&q=nobody").status_code == 200
    for client in (boss, admin_client):
        assert client.post(page, {"who": "somebody@example.com"}).status_code == 403
        assert client.post(f"{LOG}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
        assert client.get(f"{LOG}add/").status_code == 403
    other = Client()
    other.force_login(sam)
    assert other.get(LOG).status_code == 403
    assert SecurityLogEntry.objects.get(pk=entry.pk).who == "nobody@example.com"


def test_it_forgets_after_a_while(settings: Settings) -> None:
    settings.SECURITY_LOG_DAYS = 30
    for days in (31, 29):
        at = timezone.now() - timedelta(days=days)
        SecurityLogEntry.objects.create(event="logged_in", who=f"{days}", at=at)

    assert retain_all()["security-log"] == 1
    assert [entry.who for entry in SecurityLogEntry.objects.all()] == ["29"]
    assert retain in JOBS
