"""docs/security.md says of forms and files what the code does."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.forms import BaseForm
from django.urls import get_resolver

from repairs_restorals.photos import PHOTOS_AT_ONCE
from repairshop.environment import SECRETS
from store.admin.import_forms import LARGEST_FILE
from store.imports.looking import MOST_LINES, MOST_PICTURES, MOST_PIECES, MOST_ROWS
from store.pictures.decoder import MAX_SECONDS
from store.pictures.images import DECODED_ITEM_BYTES, DECODED_PHOTO_BYTES, MAX_BYTES, MAX_PIXELS
from tests.papers import ROOT

PAPER = (ROOT / "docs/security.md").read_text("utf-8")
MILLION = 1_000_000


def below(form: type) -> Iterator[Any]:
    each: type
    for each in form.__subclasses__():
        yield each
        yield from below(each)


def forms_of_the_shop() -> list[Any]:
    """All that stand in code that runs; the addresses of the shop import them."""
    assert get_resolver().url_patterns
    found = {
        form
        for form in below(BaseForm)
        if (ROOT / form.__module__.split(".")[0]).is_dir()
        and ".tests" not in form.__module__
        and not form.__module__.startswith("tests.")
        # Django makes a class anew for each page of the admin.
        and form.__qualname__ in vars(__import__(form.__module__, fromlist=["*"]))
    }
    return sorted(found, key=lambda form: (form.__module__, form.__qualname__))


def rows_under(heading: str) -> list[list[str]]:
    section = PAPER.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (?!-)(.+) \|$", section, re.MULTILINE)
    return [row.split(" | ") for row in rows[1:]]


def test_each_kind_of_field_has_its_rule() -> None:
    kinds = {
        type(field).__name__ for form in forms_of_the_shop() for field in form.base_fields.values()
    }
    told = [row[0].strip("`") for row in rows_under("What may be typed")]

    assert sorted(kinds) == sorted(told)


def test_each_form_that_compares_fields_has_its_rule() -> None:
    forms = {form.__name__ for form in forms_of_the_shop() if "clean" in vars(form)}
    told = [row[0].strip("`") for row in rows_under("What must fit together")]

    assert sorted(forms) == sorted(told)


def written_by(form: Any) -> Any:
    """The model whose fields a form writes, if it writes any."""
    named = getattr(form, "_meta", None)
    return named.model if named and named.fields else None


def written_fields() -> list[list[str]]:
    return [
        [f"`{form.__module__}.{form.__name__}`", model.__name__, ", ".join(form._meta.fields)]
        for form in forms_of_the_shop()
        if (model := written_by(form))
    ]


def test_what_each_form_writes_stands_there() -> None:
    told = [row for row in rows_under("Who may read and write what") if row[0].startswith("`")]
    missing = [f"| {' | '.join(row)} |" for row in written_fields() if row not in told]

    assert not missing, "\n".join(["These rows belong into docs/security.md:", *missing])
    assert told == written_fields(), "docs/security.md has rows of no form, or in another order"


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("{} MB, ", MAX_BYTES // MILLION),
        ("{} million pixels", MAX_PIXELS // MILLION),
        ("{} at once", PHOTOS_AT_ONCE),
        ("with {} MB and", DECODED_PHOTO_BYTES // MILLION),
        ("and {} seconds", MAX_SECONDS),
        ("as photos, with {} MB", DECODED_ITEM_BYTES // MILLION),
        ("| {} MB, 1,000,000 lines, ", LARGEST_FILE // (1 << 20)),
        (" {:,} lines, ", MOST_LINES),
        (" {:,} rows, ", MOST_ROWS),
        (" {:,} pieces, ", MOST_PIECES),
        (" {:,} pictures | read row by row", MOST_PICTURES),
        ("| {} kB | read", settings.FORM_BYTES // 1000),
    ],
)
def test_files_have_the_limits_that_it_says(words: str, number: int) -> None:
    assert words.format(number) in PAPER


def test_every_secret_of_the_environment_is_told() -> None:
    told = "\n".join(row[0] + row[2] for row in rows_under("Keys, and what is computed with them"))

    assert [name for name in SECRETS if f"`{name}`" not in told] == []
