"""Somebody acts on an account at the moment at which it is erased, closed, or acted on as well."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django.fixtures import Settings

from accounts import locking
from accounts.erasing import erase
from accounts.factors.codes import make_codes, page_for
from accounts.factors.devices import factors_of
from accounts.factors.services import LastFactor, NotTheFirst, add_app, remove_factor
from accounts.models import ERASED, Customer, User
from accounts.personal_data import person_of
from accounts.services import deactivate_account, save_profile
from accounts.tests.factors import make_app, shown_by
from tests.crowd import just_before, somebody_waits
from tests.processes import wait_until

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
Act = Callable[[], Any]


@pytest.fixture
def request_of(wren: User, settings: Settings) -> Any:
    settings.STAFF_SECOND_FACTOR = True
    request = RequestFactory().post("/")
    request.user, request.session = wren, type("Session", (), {"session_key": "1"})()
    return request


@pytest.fixture
def _without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "lock_row", lambda user: User.objects.get(pk=user.pk))


def beside(statement: str, first: Act, second: Act) -> tuple[Any, Any]:
    """Let `second` come when `first` is about to write, until it is done or waits its turn."""

    def whole() -> Any:
        try:
            return second()
        except Exception as failure:
            return failure
        finally:
            connection.close()

    begun: list[Future[Any]] = []

    def meanwhile() -> None:
        begun.append(other.submit(whole))
        wait_until(lambda: begun[0].done() or somebody_waits())

    with ThreadPoolExecutor(1) as other, just_before(statement, meanwhile):
        end = first()
    return end, begun[0].result()


def erased_beside_a_profile(alice: User, request: Any) -> bool:
    """Whether anything of the person is left."""
    contact = {"street": "Ghost Street 1", "city": "Berlin"}
    save = partial(save_profile, user=alice, name="Ghost", contact=contact)
    _saved, end = beside('UPDATE "accounts_user"', save, lambda: erase(person_of(alice), request))
    assert end is None
    is_left = Customer.objects.filter(user=alice).exists()
    return is_left or User.objects.get(pk=alice.pk).name != ERASED


def closed_by_staff_beside_its_owner(wren: User) -> bool:
    """Whether its owner may open it again."""
    row = User.objects.filter(pk=wren.pk)
    close = partial(row.update, is_active=False, closed_at=None)
    beside('UPDATE "accounts_user"', partial(deactivate_account, user=wren), close)
    return row.get().closed_at is not None


def factors_left_by_two_clicks(wren: User, request: Any) -> tuple[int, Any]:
    first, second = (
        partial(remove_factor, user=wren, factor=make_app(wren).persistent_id, request=request)
        for _ in range(2)
    )
    end = beside('DELETE FROM "otp_totp_totpdevice"', first, second)[1]
    return len(factors_of(wren)), type(end)


def first_factors_of_two(wren: User, request: Any) -> tuple[int, Any]:
    """Its owner and somebody who knows the password, each of whom has seen that there is none."""
    first, second = (
        partial(add_app, user=wren, key=app.key, code=shown_by(app), request=request)
        for app in (TOTPDevice(key="11" * 20), TOTPDevice(key="22" * 20))
    )
    end = beside('INSERT INTO "otp_totp_totpdevice"', first, second)[1]
    return len(factors_of(wren)), type(end)


def codes_of_two_clicks(wren: User, request: Any) -> tuple[Any, Any]:
    make = partial(make_codes, user=wren, page=page_for(wren), request=request)
    return beside('INSERT INTO "accounts_recoverycodes"', make, make)


def test_nothing_is_left_of_whoever_is_erased(alice: User, request_of: Any) -> None:
    assert not erased_beside_a_profile(alice, request_of)


def test_what_staff_close_stays_closed(wren: User) -> None:
    assert not closed_by_staff_beside_its_owner(wren)


def test_staff_keep_a_factor(wren: User, request_of: Any) -> None:
    assert factors_left_by_two_clicks(wren, request_of) == (1, LastFactor)


def test_one_of_two_adds_the_first_factor(wren: User, request_of: Any) -> None:
    assert first_factors_of_two(wren, request_of) == (1, NotTheFirst)


def test_both_answers_show_the_codes_that_count(wren: User, request_of: Any) -> None:
    first, second = codes_of_two_clicks(wren, request_of)
    assert first == second
    assert len(first) == 10


@pytest.mark.usefixtures("_without_locks")
def test_control_without_the_lock_all_of_it_goes_wrong(
    alice: User, wren: User, request_of: Any
) -> None:
    assert erased_beside_a_profile(alice, request_of)
    assert closed_by_staff_beside_its_owner(wren)
    User.objects.update(is_active=True)
    assert factors_left_by_two_clicks(wren, request_of) == (0, bool)
    assert first_factors_of_two(wren, request_of) == (2, TOTPDevice)
