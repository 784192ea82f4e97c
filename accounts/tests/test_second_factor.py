"""Nobody gets in by a password alone who has, or must have, a second factor."""

import re
from base64 import b32decode
from html import unescape
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.models import Device
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django.fixtures import Settings

from accounts.events import SecurityEvent, security_event
from accounts.factors.codes import SHOWN_AGAIN_FOR, page_for
from accounts.factors.services import address_for_app
from accounts.models import Login, RecoveryCodes, User
from accounts.tests.factories import PASSWORD, mails_sent
from accounts.tests.factors import log_in_whole, make_app, make_recovery_codes, shown_by
from tests.crowd import just_before

pytestmark = pytest.mark.django_db
LOGIN = reverse("accounts:login")
ASK = reverse("accounts:factor")
SETUP = reverse("accounts:factor-setup")
CODES = reverse("accounts:recovery-codes")
LIST = reverse("accounts:factors")
KEY = re.compile(r'<code class="key">([A-Z2-7 ]+)</code>')
SIGNED = re.compile(r'name="key" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _as_in_production(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = True


def page_of_codes(client: Client) -> str:
    return str(client.get(CODES).context["page"])


def codes_on(answer: Any) -> list[str]:
    return re.findall(r"<li><code>([a-z0-9-]+)</code>", answer.text)


def enter(client: Client, user: User, to: str = "/admin/") -> Any:
    """Give the password, as the log-in of the shop asks for it."""
    form = {"username": user.email, "password": PASSWORD, "next": to}
    return client.post(LOGIN, form, follow=True)


def app_on(page: str) -> TOTPDevice:
    """An app that has scanned what a page shows."""
    found = KEY.search(page)
    assert found
    return TOTPDevice(key=b32decode(found[1].replace(" ", "")).hex())


def set_up(client: Client, page: str, **changed: str) -> Any:
    found = SIGNED.search(page)
    assert found
    sent = {"key": unescape(found[1]), "code": shown_by(app_on(page)), "next": "/admin/"}
    return client.post(SETUP, {**sent, **changed})


def test_staff_set_one_up_at_their_first_log_in(client: Client, sam: User) -> None:
    page = enter(client, sam)
    assert page.request["PATH_INFO"] == SETUP
    assert client.get("/admin/").status_code == 302

    answer = set_up(client, page.text)

    assert answer.headers["Location"].startswith(CODES)
    assert client.get("/admin/").status_code == 200
    assert "added: Authenticator app" in mails_sent()[-1].body


def test_the_admins_own_log_in_leads_there_too(client: Client, sam: User) -> None:
    form = {"username": sam.email, "password": PASSWORD}
    page = client.post("/admin/login/?next=/admin/store/item/", form, follow=True)

    assert page.request["PATH_INFO"] == SETUP
    assert "/admin/store/item/" in page.request["QUERY_STRING"].replace("%2F", "/")


@pytest.mark.parametrize(
    "changed",
    [{"code": "000000"}, {"code": "²²²²²²"}, {"code": "①②③④⑤⑥"}, {"key": "forged"}, {"key": ""}],
)
def test_an_app_is_kept_when_it_has_shown_its_code(
    client: Client, sam: User, changed: dict[str, str]
) -> None:
    page = enter(client, sam)

    answer = set_up(client, page.text, **changed)

    assert answer.status_code == 200
    assert KEY.search(answer.text)
    assert not TOTPDevice.objects.exists()
    assert client.get("/admin/").status_code == 302


def test_nobody_adds_an_app_of_somebody_elses_page(client: Client, sam: User, wren: User) -> None:
    page = enter(Client(), wren).text

    enter(client, sam)
    set_up(client, page)

    assert not TOTPDevice.objects.exists()


def test_who_has_one_is_asked_for_it(client: Client, sam: User) -> None:
    app = make_app(sam)
    page = enter(client, sam, to="/admin/store/item/")
    assert page.request["PATH_INFO"] == ASK

    answer = client.post(ASK, {"code": shown_by(app), "next": "/admin/store/item/"}, follow=True)

    assert answer.request["PATH_INFO"] == CODES
    assert client.get("/admin/store/item/").status_code == 200


def test_half_way_in_nothing_is_added_beside_what_there_is(client: Client, sam: User) -> None:
    make_app(sam)
    enter(client, sam)

    assert client.get(SETUP).status_code == 302
    assert client.post(SETUP, {"code": "1", "key": "1"}).status_code == 302
    assert client.post(reverse("accounts:passkey-add")).status_code == 302
    assert client.post(CODES).headers["Location"].startswith(LOGIN)
    assert client.post(LIST, {"factor": "1"}).headers["Location"].startswith(LOGIN)


def test_half_way_in_nothing_is_added_beside_what_came_meanwhile(client: Client, sam: User) -> None:
    """Whoever knows the password and its owner, both at the first log-in."""
    page = enter(client, sam).text
    with just_before('UPDATE "bag_allowance"', lambda: make_app(sam)):
        refused = set_up(client, page)

    assert "There is a second factor already." in refused.text
    assert TOTPDevice.objects.count() == 1
    assert client.get("/admin/").status_code == 302


def test_who_has_one_by_the_time_of_being_in_is_asked_for_it(client: Client, alice: User) -> None:
    """Whoever knows a customer's password, while its owner adds the first one."""
    with just_before('UPDATE "accounts_user" SET "last_login"', lambda: make_app(alice)):
        enter(client, alice, to=LIST)

    assert client.get(LIST).headers["Location"].startswith(LOGIN)
    assert not Login.objects.exists()
    app = TOTPDevice.objects.get()
    client.post(ASK, {"code": shown_by(app)})
    assert client.get(LIST).status_code == 200


def test_a_code_is_good_while_the_app_shows_it(client: Client, sam: User) -> None:
    app = make_app(sam)
    # As apps were kept that were added before.
    TOTPDevice.objects.update(tolerance=1)
    enter(client, sam)
    app.drift = -1
    client.post(ASK, {"code": shown_by(app)})

    assert client.get("/admin/").status_code == 302
    assert TOTPDevice.objects.get().tolerance == 0


def test_a_code_is_good_once(client: Client, sam: User) -> None:
    code = shown_by(make_app(sam))
    for browser in (client, other := Client()):
        enter(browser, sam)
        browser.post(ASK, {"code": code})

    assert client.get("/admin/").status_code == 200
    assert other.get("/admin/").status_code == 302


def test_wrong_codes_cost_waiting_even_the_right_one(client: Client, sam: User) -> None:
    app = make_app(sam)
    # The wait doubles with each wrong one; after the first, a slow machine has waited already.
    TOTPDevice.objects.update(throttling_failure_count=5)
    enter(client, sam)

    refused = client.post(ASK, {"code": "000000"}).text
    right = client.post(ASK, {"code": shown_by(app)})

    assert "This code is not right. Try the next one after" in refused
    assert right.status_code == 200
    assert "Too soon after a wrong code. Try again after" in right.text
    assert "not right" not in right.text
    assert client.get("/admin/").status_code == 302


def test_no_recovery_codes_are_said_to_be_none(client: Client, sam: User) -> None:
    log_in_whole(client, sam)

    page = client.get(LIST).text

    assert "You have no recovery codes" in page
    assert "0 codes" not in page
    assert "Make recovery codes" in page


def test_codes_are_tried_only_so_often_from_one_address(
    client: Client, sam: User, settings: Settings
) -> None:
    settings.FACTORS_PER_HOUR_PER_ADDRESS = 2
    app = make_app(sam)
    enter(client, sam)
    for _ in range(2):
        client.post(ASK, {"code": "wrong-wrong"})

    answer = client.post(ASK, {"code": shown_by(app)})

    assert answer.status_code == 429
    assert answer.headers["Retry-After"]


def test_a_recovery_code_stands_in_once(client: Client, sam: User) -> None:
    make_app(sam)
    code = make_recovery_codes(sam)[3].upper().replace("-", " ")
    for browser in (client, other := Client()):
        enter(browser, sam)
        browser.post(ASK, {"code": code})

    assert client.get("/admin/").status_code == 200
    assert other.get("/admin/").status_code == 302
    assert "a recovery code was used; 9 are left" in mails_sent()[-1].body


def test_recovery_codes_are_shown_once_and_kept_hashed(client: Client, sam: User) -> None:
    log_in_whole(client, sam)

    shown = codes_on(client.post(CODES, {"page": page_of_codes(client)}))

    assert len(set(shown)) == 10
    assert shown[0] not in client.get(CODES).text
    kept = RecoveryCodes.objects.get()
    assert not any(code.replace("-", "") in str(kept.__dict__) for code in shown)
    assert kept.verify_token(shown[0])


def test_a_double_click_gets_the_same_recovery_codes_twice(client: Client, sam: User) -> None:
    log_in_whole(client, sam)
    page = page_of_codes(client)

    first, second = (client.post(CODES, {"page": page}) for _ in range(2))

    assert codes_on(first) == codes_on(second) != []
    assert RecoveryCodes.objects.get().verify_token(codes_on(second)[9])


def test_a_page_that_is_old_makes_no_recovery_codes(client: Client, sam: User, alice: User) -> None:
    log_in_whole(client, sam)
    before, other = (page_of_codes(client) for _ in range(2))
    shown = codes_on(client.post(CODES, {"page": before}))
    RecoveryCodes.objects.update(made_at=timezone.now() - SHOWN_AGAIN_FOR)

    for old in (before, other, page_for(alice), ""):
        answer = client.post(CODES, {"page": old})
        assert "No codes were made" in answer.text
        assert codes_on(answer) == []

    assert RecoveryCodes.objects.get().verify_token(shown[0])
    assert codes_on(client.post(CODES, {"page": page_of_codes(client)}))[0] not in {"", *shown}


def test_customers_may_have_one_and_are_asked_then(client: Client, alice: User) -> None:
    profile = reverse("accounts:profile")
    assert enter(client, alice, to=profile).request["PATH_INFO"] == profile
    set_up(client, client.get(SETUP).text)
    assert client.get(profile).status_code == 200

    assert enter(Client(), alice, to=profile).request["PATH_INFO"] == ASK


def test_staff_keep_their_last_one(client: Client, sam: User) -> None:
    app = log_in_whole(client, sam)

    client.post(LIST, {"factor": app.persistent_id})
    assert TOTPDevice.objects.count() == 1

    other = make_app(sam)
    client.post(LIST, {"factor": other.persistent_id})
    assert TOTPDevice.objects.get() == app


def test_nobody_removes_what_is_somebody_elses(client: Client, alice: User, bob: User) -> None:
    app = make_app(bob)
    client.force_login(alice)

    client.post(LIST, {"factor": app.persistent_id})

    assert TOTPDevice.objects.exists()


def test_without_the_setting_a_password_is_enough(
    client: Client, sam: User, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = False

    assert enter(client, sam).request["PATH_INFO"] == "/admin/"


def test_a_lost_device_ends_what_it_let_in(client: Client, sam: User, capsys: Any) -> None:
    log_in_whole(client, sam)
    make_recovery_codes(sam)
    assert client.get("/admin/").status_code == 200

    call_command("reset_second_factor", "Sam@Example.com")

    assert client.get("/admin/").status_code == 302
    assert not RecoveryCodes.objects.exists()
    assert enter(Client(), sam).request["PATH_INFO"] == SETUP
    assert "all taken away" in mails_sent()[-1].body
    with pytest.raises(CommandError, match="Nobody logs in"):
        call_command("reset_second_factor", "nobody@example.com")


def test_whoever_listens_hears_of_it(client: Client, sam: User) -> None:
    heard = []

    def listen(event: SecurityEvent, user: User, **kwargs: Any) -> None:
        heard.append((event, user))

    security_event.connect(listen)
    app = make_app(sam)
    enter(client, sam)
    client.post(ASK, {"code": "wrong-wrong"})
    client.post(ASK, {"code": shown_by(app)})

    of_factors = [each for each in heard if each[0].startswith("factor_")]
    assert of_factors == [(SecurityEvent.FACTOR_REFUSED, sam), (SecurityEvent.FACTOR_PASSED, sam)]


def test_a_form_sent_half_way_in_waits_for_the_factor(client: Client, sam: User) -> None:
    app = make_app(sam)
    enter(client, sam)

    sent = client.post("/admin/store/category/add/", {"name": "Clocks of Sam"})
    client.get(sent.headers["Location"])
    back = client.post(ASK, {"code": shown_by(app), "next": reverse("resend")}, follow=True)

    assert back.request["PATH_INFO"] == CODES
    assert "Clocks of Sam" in client.get(reverse("resend")).text


def test_apps_show_the_name_of_the_shop(sam: User) -> None:
    address = urlsplit(address_for_app(sam, "00" * 20))

    assert unquote(address.path) == "/Repairshop:sam@example.com"
    assert parse_qs(address.query) == {
        "secret": ["A" * 32],
        "issuer": ["Repairshop"],
        "digits": ["6"],
    }


def test_the_admin_shows_no_factor() -> None:
    assert not [model for model in admin.site._registry if issubclass(model, Device)]


def test_the_pages_need_no_script(client: Client, sam: User) -> None:
    page = enter(client, sam)

    assert "onclick" not in page.text
    assert 'src="data:image/svg+xml' in page.text
    assert page.headers["Cache-Control"].count("no-store") == 1
