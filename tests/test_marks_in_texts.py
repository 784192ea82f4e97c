"""Marks in any text of the database stay text on every page, in what stands beside fields too."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.db.models import Value
from django.db.models.functions import Cast, Concat
from django.test import Client
from django.urls import reverse

from accounts.models import User
from store.models import Item
from tests.browsing import Page
from tests.crawling import crawl
from tests.everything import live
from tests.stripe_standin.driver import Standin
from typed.help_texts import EscapedField

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]
MARKS, AS_TEXT = "<b data-typed>", "&lt;b data-typed&gt;"
# Apps, and names of columns, that programs fill. What stands in the others, somebody has typed.
PROGRAMS = {"auth", "contenttypes", "sessions"}
NOT_TYPED = (
    *("slug", "secret", "token", "key", "path", "password", "event", "picture", "logo", "site"),
    *("holder", "held_by"),
)


@dataclass
class Reader:
    """A browser for `crawl`, and where it has read the marks: as text, or as what they say."""

    client: Client
    as_text: set[str] = field(default_factory=set)
    as_marks: set[str] = field(default_factory=set)

    def get(self, path: str) -> Page:
        answer: Any = self.client.get(path, follow=True)
        kind, content = answer.headers["Content-Type"], b"".join(answer)
        page = Page(answer.request["PATH_INFO"], answer.status_code, content, kind)
        if "html" in kind:
            for found, marks in ((self.as_text, AS_TEXT), (self.as_marks, MARKS)):
                if marks.encode() in content:
                    found.add(page.path)
        return page


def typed_columns() -> Iterator[tuple[type[models.Model], str]]:
    for model in (each for each in apps.get_models() if each._meta.app_label not in PROGRAMS):
        for column in model._meta.local_concrete_fields:
            is_text = type(column) in (models.CharField, models.TextField)
            has_room = (column.max_length or 99) > len(MARKS) + 3
            is_free = not (column.choices or column.name.endswith(NOT_TYPED))
            if is_text and has_room and is_free:
                yield model, column.name


@pytest.fixture
def world(client: Client, alice: User, provider: Standin) -> None:
    """Somebody who has done everything, and marks in all texts but those that are frozen."""
    live(client, alice)
    # The checkout names what is not sent.
    Item.objects.update(shipping=None)
    frozen = set()
    for model, name in typed_columns():
        try:
            with transaction.atomic():
                # Some are another one in each row.
                number = Cast("pk", models.CharField())
                model._base_manager.update(**{name: Concat(Value(MARKS), number)})
        except DatabaseError:
            frozen.add(model._meta.label)
    assert frozen <= {"invoices.Invoice", "invoices.InvoiceLine"}


def test_no_page_of_a_customer_takes_text_for_marks(client: Client) -> None:
    reader = Reader(client)
    crawl(reader, "/")
    assert {"/checkout/", "/bag/", "/accounts/profile/"} <= reader.as_text
    assert reader.as_marks == set()


def test_no_page_of_staff_takes_text_for_marks(admin_client: Client) -> None:
    reader = Reader(admin_client)
    crawl(reader, "/admin/")
    assert len(reader.as_text) > 50
    assert reader.as_marks == set()


def test_control_help_that_is_taken_for_marks_is_found(
    admin_client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(EscapedField, "help_text")
    reader, page = Reader(admin_client), reverse("admin:accounts_user_change", args=[alice.pk])
    reader.get(page)
    assert reader.as_marks == {page}
