"""A zero byte in an address fails at no page: PostgreSQL refuses it, SQLite takes it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.http import HttpRequest, QueryDict
from django.test import Client

from accounts.models import User
from invoices.withdrawals.contracts import INVOICES, Contract, billed
from store.models import Item
from tests.test_second_factor_doors import addresses

pytestmark = pytest.mark.django_db
# Of these, Django reads a few fields itself, the same for every model.
OF_EACH_MODEL = re.compile(r"/(add|change|delete|history)/$")
READING = ["get", "getlist", "__getitem__", "__contains__"]


@contextmanager
def names_read() -> Iterator[set[str]]:
    """Which fields of what was sent are asked for meanwhile."""
    names: set[str] = set()

    def telling(read: Callable[..., Any]) -> Callable[..., Any]:
        def tell(data: QueryDict, name: str, *others: Any) -> Any:
            names.add(name)
            return read(data, name, *others)

        return tell

    told: Any = {name: telling(getattr(QueryDict, name)) for name in READING}
    with patch.multiple(QueryDict, **told):
        yield names


def as_postgresql(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """Refuse what the other database takes."""
    for value in params or ():
        if isinstance(value, str) and "\0" in value:
            raise ValueError(value)
    return execute(sql, params, many, context)


def failing(browser: Client, pk: int, *, of_staff: bool = False) -> dict[str, set[str]]:
    """The addresses that fail when each field that they read is a zero byte, with its names."""
    browser.raise_request_exception = False
    failed = {}
    for address in addresses(pk):
        if address.startswith("/admin/") != of_staff or OF_EACH_MODEL.search(address):
            continue
        with names_read() as names:
            # Some forms are read only where something was sent.
            browser.get(address, {"unknown": "1"})
        sent = dict.fromkeys(names - {"unknown"}, "\0")
        with connection.execute_wrapper(as_postgresql):
            if sent and browser.get(address, sent).status_code == 500:
                failed[address] = {*sent}
    return failed


def test_no_public_page_fails_at_a_zero_byte(client: Client, alice: User, clock: Item) -> None:
    assert failing(client, clock.pk) == {}
    client.force_login(alice)
    assert failing(client, clock.pk) == {}


def test_no_page_of_staff_fails_at_a_zero_byte(admin_client: Client, clock: Item) -> None:
    assert failing(admin_client, clock.pk, of_staff=True) == {}


def test_control_a_page_that_asks_the_database_as_it_was_asked_fails(
    client: Client, clock: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    def contract_for(request: HttpRequest, words: str, secret: str = "") -> Contract:
        return billed(INVOICES.filter(number=words).first())

    monkeypatch.setattr("invoices.withdrawals.views.contract_for", contract_for)

    assert {*failing(client, clock.pk)} == {"/withdraw/"}
