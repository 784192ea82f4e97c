"""Whoever says that an address is theirs sees nothing of its owner, whatever else is done when.

Ann has a mailbox. Mallory, who cannot read it, writes its address into every form there is, while
the counter takes things in for Ann and joins her records, in any order.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from html import unescape
from itertools import count
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.groups import MANAGERS, WORKSHOP_STAFF
from accounts.joining import CannotJoin, join_people
from accounts.models import User
from accounts.tests.factories import make_staff, make_user
from invoices.tests.test_checkout import form_of, put_in_bag
from mail.models import Mail
from repairs_restorals.tests.board_steps import TAKE_IN
from store.models import ShopProfile
from store.tests.factories import make_item

# Each life is one transaction.
pytestmark = [pytest.mark.django_db, pytest.mark.many_acts, pytest.mark.usefixtures("media")]
ANN, MALLORY, PHONE = "ann@example.com", "mallory@example.com", "030 555777"
# Whatever is Ann's is called so.
HERS = "Arabella"
PASSWORDS = {ANN: "a long pass phrase of ann", MALLORY: "a long pass phrase of mallory"}
LISTS = ["/accounts/profile/", "/accounts/my-data/", "/orders/", "/invoices/", "/workshop/tickets/"]
LINK = re.compile(r'href="(/(?:orders|invoices|workshop/(?:tickets|status|quotes))/[^"#]+)"')
numbers = count(1)


@pytest.fixture
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Life:
    def __init__(self) -> None:
        # The bounds of the life before.
        cache.clear()
        make_account(MALLORY)
        self.ann, self.mallory = Client(), Client()
        self.workshop, self.manager = Client(), Client()
        self.mo = make_staff("mo@example.com", group=MANAGERS)
        self.workshop.force_login(make_staff("wren@example.com", group=WORKSHOP_STAFF))
        self.manager.force_login(self.mo)
        ShopProfile.get_solo()

    def live(self, steps: list[str]) -> None:
        for step in steps:
            STEPS[step](self)
        self.check()

    def check(self) -> None:
        """Nothing of Ann's is in sight, wherever Mallory is logged in or was mailed to."""
        assert HERS not in seen_by(self.mallory)
        assert HERS not in seen_by(behind(PASSWORDS[MALLORY]))
        mailed = Mail.objects.filter(to=MALLORY).values_list("subject", "text", "html")
        assert HERS not in str(list(mailed))

    def ann_registers(self) -> None:
        register(self.ann, f"Ann {HERS}", PASSWORDS[ANN])

    def ann_follows_her_mail(self) -> None:
        follow_mail(self.ann, ANN)

    def ann_logs_in(self) -> None:
        self.ann = logged_in(ANN, PASSWORDS[ANN])

    def ann_files_a_ticket(self) -> None:
        file_a_ticket(self.ann, f"Harp of {HERS}")

    def ann_orders(self) -> None:
        order(self.ann, f"Ann {HERS}")

    def mallory_registers(self) -> None:
        register(Client(), "Mal", PASSWORDS[MALLORY])

    def mallory_changes_the_address(self) -> None:
        typed = {"email": ANN, "password": PASSWORDS[MALLORY]}
        self.mallory.post("/accounts/email/", typed)

    def mallory_follows_the_mail(self) -> None:
        follow_mail(self.mallory, MALLORY)

    def mallory_files_a_ticket(self) -> None:
        file_a_ticket(self.mallory, "Drum")

    def mallory_orders_as_ann(self) -> None:
        order(self.mallory, "Mal")

    def mallory_logs_in_as_ann(self) -> None:
        self.mallory = logged_in(ANN, PASSWORDS[MALLORY])

    def mallory_logs_in(self) -> None:
        self.mallory = logged_in(MALLORY, PASSWORDS[MALLORY])

    def an_old_account_is_mallorys(self) -> None:
        """From before addresses were checked."""
        if not User.objects.filter(email=ANN).exists():
            make_account(ANN, email_checked_at=None)

    def the_counter_takes_something_in(self) -> None:
        self.take_in(email=ANN)

    def the_counter_knows_a_phone_only(self) -> None:
        self.take_in(email="")

    def take_in(self, email: str) -> None:
        typed = {
            "email": email,
            "phone": PHONE,
            "name": f"Ann {HERS}",
            "kind": "repair",
            "title": f"Lute of {HERS}",
            "description": "Cracked.",
            "condition": "Old.",
            "into_unchecked": "on",
            "idempotency_key": str(next(numbers)),
        }
        answer = self.workshop.post(TAKE_IN, typed)
        assert answer.status_code == 302, answer.context["form"].errors

    def a_manager_corrects_the_address(self) -> None:
        """Of the newest walk-in, who says that it is Ann's."""
        for user in User.objects.filter(email="", is_active=True)[:1]:
            address = f"/admin/accounts/user/{user.pk}/change/"
            page = self.manager.get(address)
            form = page.context["adminform"].form
            typed = {name: form[name].value() or "" for name in form.fields}
            none = {"customer-TOTAL_FORMS": "0", "customer-INITIAL_FORMS": "0"}
            self.manager.post(address, {**typed, **none, "email": ANN})

    def a_manager_joins_anns_records(self) -> None:
        known = User.objects.filter(is_active=True, customer__phone=PHONE)
        pair = [*known.exclude(email=ANN), *User.objects.filter(email=ANN)]
        if len(pair) < 2:
            return
        request = RequestFactory().get("/")
        request.user = self.mo
        with suppress(CannotJoin):
            join_people(lost_id=pair[0].pk, kept_id=pair[-1].pk, request=request)


STEPS: dict[str, Callable[[Life], None]] = {
    name: step
    for name, step in vars(Life).items()
    if name.split("_")[0] in {"ann", "mallory", "the", "a", "an"}
}


def make_account(email: str, **fields: object) -> None:
    """One whose password Mallory knows."""
    user = make_user(email, name="Mal", **fields)
    user.set_password(PASSWORDS[MALLORY])
    user.save()


def register(browser: Client, name: str, password: str) -> None:
    typed = {"name": name, "email": ANN, "password": password}
    browser.post("/accounts/register/", typed)


def follow_mail(browser: Client, email: str) -> None:
    """The last link in one's own mailbox, where the own password is typed when it is asked for."""
    for mail in Mail.objects.filter(to=email, text__contains="/accounts/check/").order_by("-pk")[
        :1
    ]:
        found = re.search(r"https?://[^/\s]+(/accounts/check/\S+)", mail.text)
        assert found
        browser.post(found[1], {"password": PASSWORDS[email]})


def logged_in(email: str, password: str) -> Client:
    browser = Client()
    browser.post("/accounts/login/", {"username": email, "password": password})
    return browser


def behind(password: str) -> Client:
    """A browser in the account with Ann's address if that password opens it, in none if not."""
    browser = Client()
    for user in User.objects.filter(email=ANN, is_active=True):
        if user.check_password(password):
            browser.force_login(user)
    return browser


def file_a_ticket(browser: Client, title: str) -> None:
    typed = {"title": title, "description": "It wheezes.", "kind": "repair"}
    browser.post("/workshop/tickets/new/", {**typed, "idempotency_key": str(next(numbers))})


def order(browser: Client, name: str) -> None:
    put_in_bag(browser, make_item())
    browser.post("/checkout/", {**form_of(browser), "name": name, "email": ANN})


def seen_by(browser: Client) -> str:
    """What somebody's own pages say, and all pages to which these lead."""
    pages = [text_of(browser, page) for page in LISTS]
    linked = sorted({unescape(link) for page in pages for link in LINK.findall(page)})
    return "\n".join([*pages, *(text_of(browser, link) for link in linked)])


def text_of(browser: Client, page: str) -> str:
    answer = browser.get(page, follow=True)
    assert answer.status_code == 200, page
    return answer.text


@given(steps=st.lists(st.sampled_from(sorted(STEPS)), min_size=3, max_size=10))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whose_address_was_not_checked_sees_nothing_of_others(steps: list[str]) -> None:
    with undone():
        Life().live(steps)


def test_ann_sees_all_of_hers() -> None:
    life = Life()
    life.live(["ann_registers", "ann_follows_her_mail", "ann_files_a_ticket", "ann_orders"])
    life.live(["the_counter_takes_something_in", "the_counter_knows_a_phone_only"])
    life.live(["a_manager_joins_anns_records"])

    seen = seen_by(life.ann)
    assert f"Harp of {HERS}" in seen
    assert seen.count(f"Lute of {HERS}") >= 2
    assert PHONE in seen
    assert LINK.findall(text_of(life.ann, "/orders/"))


def test_control_an_address_that_is_believed_opens_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(User, "is_checked", True)
    life = Life()
    life.live(["an_old_account_is_mallorys", "mallory_logs_in_as_ann"])

    with pytest.raises(AssertionError, match=HERS):
        life.live(["the_counter_takes_something_in"])
