"""Statements that are kept: each use puts values into slots, and into nothing else."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.models import BigIntegerField, CharField, QuerySet

from store.models import Item
from store.statements import Change, Slot, Statement
from store.tests.factories import make_item

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]


def of_a_maker(slug: Slot) -> QuerySet[Item]:
    return Item.objects.exclude(maker="").filter(slug=slug)


@pytest.mark.parametrize("slug", ["", "vase"])
def test_a_slot_is_no_constant_that_looks_like_it(slug: str) -> None:
    _sql, params = Statement(of_a_maker, slug=CharField()).given({"slug": slug})

    assert params == ["", slug]


def test_each_use_has_its_own_value() -> None:
    vase, jug = make_item(slug="vase", maker="Wren"), make_item(slug="jug", maker="Sam")
    statement = Statement(of_a_maker, slug=CharField())

    assert [statement.rows(slug=slug) for slug in ("vase", "jug", "")] == [[vase], [jug], []]


def test_two_slots_of_one_type_are_not_mistaken_for_each_other() -> None:
    vase = make_item(slug="vase", title="Jug")
    statement = Statement(
        lambda slug, title: Item.objects.filter(title=title, slug=slug),
        slug=CharField(),
        title=CharField(),
    )

    assert statement.rows(slug="vase", title="Jug") == [vase]
    assert statement.rows(slug="Jug", title="vase") == []


@pytest.mark.parametrize(
    ("kind", "build"),
    [
        (Statement, lambda slug, other: Item.objects.filter(slug=slug)),
        (Statement, lambda slug, other: Item.objects.select_for_update().filter(slug=slug)),
        (Change, lambda slug, other: (Item.objects.filter(slug=slug), {"title": "Vase"})),
    ],
    ids=["read", "lock", "change"],
)
def test_a_slot_that_occurs_nowhere_is_an_error_at_once(
    kind: type[Statement], build: object
) -> None:
    with pytest.raises(ImproperlyConfigured, match="other occurs nowhere"):
        kind(build, slug=CharField(), other=BigIntegerField())  # type: ignore[arg-type]
