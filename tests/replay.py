"""What one person sees and may send, sent once more by others, and what that changes."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urljoin, urlsplit

from bs4 import Tag
from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.urls import Resolver404, resolve

from tests.browsing import Page, filled

# Parameters of routes that only who got them by mail can know.
SECRET = {"secret", "token", "key", "uidb64"}
# Shorter words say nothing about whose they are.
TELLING = 8
WRITTEN = re.compile(r'^\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "(\w+)"')
MODELS = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


class Form(NamedTuple):
    """What a page would send when nothing on it is touched, and whereto."""

    page: str
    target: str
    fields: dict[str, str]
    # All that it may send: boxes that are not ticked are not among `fields`.
    names: frozenset[str]

    @property
    def kind(self) -> tuple[str, ...]:
        return kind(self.target), *sorted(self.fields)


class Change(NamedTuple):
    """A row before and after, which is None where there is none."""

    model: type[Model]
    pk: Any
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def fields(self) -> set[str]:
        before, after = self.before or {}, self.after or {}
        return {name for name in before | after if before.get(name) != after.get(name)}


def kind(address: str) -> str:
    """The route of an address and, but for lists of the admin, the names in its query."""
    path, query = urlsplit(address)[2:4]
    names = [] if path.startswith("/admin/") else sorted(parse_qs(query, keep_blank_values=True))
    return f"{resolve(path).route}?{names}"


def ask(client: Client, address: str) -> Page:
    answer = client.get(address)
    body = b"".join(answer) if answer.streaming else answer.content
    return Page(address, answer.status_code, body, answer.headers.get("Content-Type", ""))


def pages_of(client: Client, seeds: Iterable[str], *, each: int = 2) -> dict[str, Page]:
    """Follow all links of the site from some addresses, `each` of a kind; pages by address."""
    waiting, seen = deque(seeds), Counter[str]()
    found: dict[str, Page] = {}
    while waiting:
        address = waiting.popleft()
        if address in found or seen[kind(address)] == each:
            continue
        with undone():
            page = ask(client, address)
        if page.status == 200:
            seen[kind(address)] += 1
            found[address] = page
            waiting += [link for link in page.links if leads_here(link)]
    return found


def leads_here(link: str) -> bool:
    try:
        resolve(urlsplit(link).path)
    except Resolver404:
        return False
    return True


def guessed(address: str) -> str:
    """The address for those who have not been told its secret."""
    for name, value in resolve(urlsplit(address).path).kwargs.items():
        if name in SECRET:
            address = address.replace(value, "A" * len(value))
    return address


def belongings(*owners: Model) -> set[tuple[type[Model], Any]]:
    """Rows that lead to somebody's row by foreign keys, and that one."""
    found: set[tuple[type[Model], Any]] = {(type(owner), owner.pk) for owner in owners}
    links = [
        (model, field)
        for model in MODELS.values()
        for field in model._meta.concrete_fields
        if field.remote_field
    ]
    while True:
        before = len(found)
        for model, field in links:
            theirs = {pk for owner, pk in found if owner is field.related_model}
            rows = model._base_manager.filter(**{f"{field.name}__in": theirs}) if theirs else []
            found |= {(model, row.pk) for row in rows}
        if len(found) == before:
            return found


def words_of(rows: Iterable[tuple[type[Model], Any]]) -> set[str]:
    """What was typed or made up for these rows alone."""
    found = set()
    for model, pk in rows:
        row = model._base_manager.get(pk=pk)
        for field in model._meta.concrete_fields:
            value = getattr(row, field.attname)
            if isinstance(value, str) and len(value) >= TELLING and not field.choices:
                found.add(value)
    return found


def forms_of(pages: Mapping[str, Page]) -> list[Form]:
    """Every kind of form on these pages once, and once more for each of its buttons."""
    found: dict[tuple[str, ...], Form] = {}
    for address, page in pages.items():
        if not page.kind.startswith("text/html"):
            continue
        for tag in page.soup.select("form[method=post]"):
            for form in with_each_button(tag, address):
                found.setdefault(form.kind, form)
    return list(found.values())


def with_each_button(tag: Tag, address: str) -> Iterator[Form]:
    fields = dict(filled(tag))
    fields.pop("csrfmiddlewaretoken", None)
    names = frozenset(str(field["name"]) for field in tag.select("[name]"))
    for button in tag.select("button, input[type=submit]"):
        target = str(button.get("formaction") or tag.get("action") or address)
        named = {str(button["name"]): str(button.get("value", ""))} if button.get("name") else {}
        yield Form(address, urljoin(address, target), {**fields, **named}, names)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done to the database here is taken back."""
    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def everything() -> dict[type[Model], dict[Any, dict[str, Any]]]:
    return {model: rows_of(model) for model in MODELS.values()}


def rows_of(model: type[Model]) -> dict[Any, dict[str, Any]]:
    return {row["pk"]: row for row in model._base_manager.values("pk", *columns(model))}


def columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def changes_by(
    client: Client, form: Form, before: Mapping[type[Model], dict[Any, dict[str, Any]]]
) -> list[Change]:
    """Send a form; what has changed in the database, which is then as it was before."""
    written: set[str] = set()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := WRITTEN.match(sql):
            written.add(found[1])
        return execute(sql, params, many, context)

    cookies = deepcopy(client.cookies)
    with undone():
        with connection.execute_wrapper(note):
            answer = client.post(form.target, form.fields)
        assert answer.status_code < 500, form
        client.cookies = cookies
        models = [MODELS[table] for table in sorted(written & MODELS.keys())]
        return [change for model in models for change in differences(model, before[model])]


def differences(model: type[Model], before: dict[Any, dict[str, Any]]) -> Iterator[Change]:
    after = rows_of(model)
    for pk in before | after:
        if before.get(pk) != after.get(pk):
            yield Change(model, pk, before.get(pk), after.get(pk))
