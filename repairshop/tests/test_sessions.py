from datetime import timedelta
from typing import cast

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import PASSWORD
from bag.session import Bag
from repairshop import sessions
from repairshop.middleware import SessionMiddleware
from repairshop.sessions import SessionStore
from repairshop.timer import JOBS
from store.models import Item, Piece
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db
COOKIE = settings.SESSION_COOKIE_NAME


def test_a_cookie_with_a_nul_is_no_session(client: Client) -> None:
    client.cookies[COOKIE] = "\0abcdefghijk"

    assert client.get(reverse("bag:detail")).status_code == 200


def test_sessions_that_have_run_out_are_deleted_some_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions, "SESSIONS_PER_ROUND", 2)
    now = timezone.now()
    for number in range(3):
        Session.objects.create(pk=f"old{number}", expire_date=now - timedelta(days=3 - number))
    Session.objects.create(pk="living", expire_date=now + timedelta(minutes=1))

    assert sessions.forget_sessions() == 2
    assert {session.pk for session in Session.objects.all()} == {"old2", "living"}
    assert sessions.forget_sessions() == 1
    assert sessions.forget_sessions() == 0
    assert sessions.forget_sessions in JOBS


def test_an_answer_under_way_while_the_session_ends_is_given_without_a_cookie() -> None:
    session = SessionStore()
    session["bag"] = {"key": "key", "items": {}}
    session.create()

    def add(request: HttpRequest) -> HttpResponse:
        Bag(request).want(1, 1)
        Session.objects.all().delete()
        return HttpResponse("in your bag")

    request = RequestFactory().post("/", headers={"Cookie": f"{COOKIE}={session.session_key}"})
    request.user = AnonymousUser()
    answer = cast(HttpResponse, SessionMiddleware(add)(request))

    assert answer.content == b"in your bag"
    assert COOKIE not in answer.cookies


def test_a_page_asked_for_with_an_old_session_keeps_the_new_one(
    client: Client, alice: User, clock: Item
) -> None:
    client.post(reverse("bag:add", args=[clock.pk]))
    old = client.cookies[COOKIE].value
    client.post(reverse("accounts:login"), {"username": alice.email, "password": PASSWORD})
    client.cookies[COOKIE] = old

    assert COOKIE not in client.get(reverse("bag:detail")).cookies


def test_logging_out_takes_the_cookie_away(client: Client, alice: User) -> None:
    client.force_login(alice)

    assert client.post(reverse("accounts:logout")).cookies[COOKIE].value == ""


def test_what_another_tab_sent_before_a_log_in_finds_the_bag_and_not_the_account(
    client: Client, alice: User, clock: Item
) -> None:
    lamp = make_item(title="Lamp")
    client.post(reverse("bag:add", args=[clock.pk]))
    late = Client()
    late.cookies[COOKIE] = client.cookies[COOKIE].value
    client.post(reverse("accounts:login"), {"username": alice.email, "password": PASSWORD})

    late.post(reverse("bag:remove", args=[clock.pk]))
    answer = late.post(reverse("bag:add", args=[lamp.pk]))

    assert answer.wsgi_request.user.is_anonymous
    assert COOKIE not in answer.cookies
    key = client.session["bag"]["key"]
    assert Piece.objects.held_by(key).get().item == lamp


def test_the_bag_left_behind_is_found_for_a_moment_only(
    client: Client, alice: User, clock: Item
) -> None:
    client.post(reverse("bag:add", args=[clock.pk]))
    late = Client()
    late.cookies[COOKIE] = client.cookies[COOKIE].value
    client.post(reverse("accounts:login"), {"username": alice.email, "password": PASSWORD})
    Session.objects.update(expire_date=timezone.now())

    assert "There is nothing in it." in late.get(reverse("bag:detail")).content.decode()


def test_a_guest_who_has_the_cookie_is_not_given_it_again(client: Client, clock: Item) -> None:
    first = client.post(reverse("bag:add", args=[clock.pk]))
    second = client.post(reverse("bag:remove", args=[clock.pk]))

    assert COOKIE in first.cookies
    assert COOKIE not in second.cookies


def test_a_customers_cookie_is_renewed_with_use(client: Client, alice: User, clock: Item) -> None:
    client.force_login(alice)

    assert COOKIE in client.post(reverse("bag:add", args=[clock.pk])).cookies
