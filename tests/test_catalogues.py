"""What `make messages` and `make lint` do with catalogues."""

from pathlib import Path
from typing import Any

import pytest
from babel.messages import Catalog, Message

from repairshop.checks import languages_are_compiled
from tests.lint_messages import untranslatable, wrong_in
from tests.messages import calls_in_f_strings, catalogues, messages, read, renewed, write

FOUND = Catalog(locale="de")
FOUND.add("Hello %(name)s")
FOUND.add(("one piece", "%(count)s pieces"))


def of(catalogue: Catalog, text: str) -> Message:
    message = catalogue.get(text)
    assert message
    return message


def wrong(*, whole: bool, **forms: str) -> list[str]:
    """What is said of a catalogue with these translations of the two messages."""
    kept = Catalog(locale="de")
    kept.add("Hello %(name)s", forms.get("hello", "Hallo %(name)s"))
    kept.add(
        ("one piece", "%(count)s pieces"),
        (forms.get("one", "ein Stück"), forms.get("many", "%(count)s Stücke")),
    )
    return list(wrong_in(kept, FOUND, whole=whole))


def test_messages_are_found_in_python_in_templates_and_with_plurals() -> None:
    found = messages()

    assert of(found, "Skip to content").locations[0][0] == "templates/base.html"
    assert of(found, "name of the shop").locations[0][0] == "store/models/profile.py"
    assert any(isinstance(message.id, tuple) for message in found)
    assert not any("/tests/" in path for message in found for path, _line in message.locations)


def test_a_whole_catalogue_passes() -> None:
    assert wrong(whole=True) == []


def test_one_form_may_speak_a_number_out() -> None:
    assert wrong(whole=True, one="%(count)s Stück") == []


def test_a_missing_translation_is_wrong_once_the_language_is_offered() -> None:
    assert wrong(whole=True, hello="") == ["not translated: 'Hello %(name)s'"]
    assert wrong(whole=True, many="") == ["not translated: ('one piece', '%(count)s pieces')"]
    assert wrong(whole=False, hello="", many="") == []


@pytest.mark.parametrize("given", ["Hallo", "Hallo %(nam)s", "%(name)s %(name)s", "<b>%(name)s"])
def test_other_marks_than_those_of_the_message_are_wrong(given: str) -> None:
    assert wrong(whole=False, hello=given) == [f"marks differ: 'Hello %(name)s' and {given!r}"]


def test_the_form_for_many_needs_its_number() -> None:
    assert len(wrong(whole=False, many="Stücke")) == 1


def test_a_fuzzy_translation_is_none() -> None:
    kept = Catalog(locale="de")
    kept.add("Hello %(name)s", "Hallo %(name)s", flags={"fuzzy"})
    kept.add(("one piece", "%(count)s pieces"), ("ein Stück", "%(count)s Stücke"))

    assert list(wrong_in(kept, FOUND, whole=True)) == ["a guess (fuzzy): 'Hello %(name)s'"]


def test_a_catalogue_that_was_not_kept_is_told() -> None:
    kept = Catalog(locale="de")
    kept.add("said before", "vorher gesagt")

    said = list(wrong_in(kept, FOUND, whole=False))

    assert [each.partition(",")[0] for each in said] == 2 * ["not in the catalogue"] + [
        "said no more"
    ]


@pytest.mark.parametrize(
    "template",
    [
        "<p>Hello</p>",
        '<img alt="A clock">',
        '<a aria-label="Close">×</a>',
        "{% if a %}now{% endif %}",
        '{% include "a.html" with title="For sale" %}',
        '{{ name|default:"Nobody" }}',
        "{% block bodyclass %}desk{% endblock %}said after it",
    ],
)
def test_words_of_a_template_that_cannot_be_translated_are_found(template: str) -> None:
    assert len(untranslatable(template, html=True)) == 1


@pytest.mark.parametrize(
    "template",
    [
        '<p class="wide red">{% translate "Hello there" %} · {{ name }} 12 × <b>PDF</b></p>',
        "{% blocktranslate with a=b %}Hello {{ a }}{% endblocktranslate %}",
        '{% include "a.html" with title=_("For sale") sizes="(min-width: 30em) 20em, 100vw" %}',
        '<img alt="{% translate "A clock" %}" src="{% url "store:picture" item.slug 1 %}">',
        "{% comment %}Nobody reads this{% endcomment %}{# nor this #}",
        "{% block bodyclass %}desk wide{% endblock %}",
        "<style>p { color: red }</style>",
    ],
)
def test_what_can_be_translated_or_is_no_word_is_left_alone(template: str) -> None:
    assert untranslatable(template, html=True) == []


def test_letters_are_text_from_end_to_end() -> None:
    assert untranslatable("a < b of the clock", html=False) == ["a < b of the clock"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    return path


@pytest.mark.parametrize(
    ("said_now", "guess"),
    [("Hello to %(name)s", "Bonjour %(name)s"), ("Hello %(colour)s", "")],
)
def test_a_guess_of_other_placeholders_is_none(path: Path, said_now: str, guess: str) -> None:
    before, now = Catalog(locale="fr"), Catalog(locale="fr")
    before.add("Hello %(name)s", "Bonjour %(name)s")
    now.add(said_now)
    write(path, before)

    kept = of(renewed(path, now), said_now)

    assert (kept.string, kept.fuzzy) == (guess, bool(guess))


def test_what_is_kept_says_no_dates_and_lines_and_is_read_again(path: Path) -> None:
    kept = Catalog(locale="fr")
    kept.add("Hello %(name)s", "Bonjour %(name)s", locations=[("a.py", 7)])

    write(path, kept)

    text = path.read_text("utf-8")
    assert "#: a.py\n" in text
    assert "Date" not in text
    again = read(path)
    assert of(again, "Hello %(name)s").string == "Bonjour %(name)s"
    write(path, again)
    assert path.read_text("utf-8") == text


def test_tests_compile_what_is_stale() -> None:
    for path in catalogues():
        assert path.with_suffix(".mo").stat().st_mtime >= path.stat().st_mtime
    assert languages_are_compiled() == []


def test_a_language_that_is_not_compiled_is_told(settings: Any) -> None:
    settings.LANGUAGES = [("en-ie", "English"), ("xx", "Nowhere’s")]

    assert [each.id for each in languages_are_compiled()] == ["repairshop.W001"]


def test_messages_are_found_in_f_strings() -> None:
    source = "f\"{_('Tax number')} {number}\""

    assert list(calls_in_f_strings(source)) == ["_('Tax number')"]
    assert of(messages(), "Tax number")
