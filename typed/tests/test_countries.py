import pytest
from babel import localedata
from django.conf import settings
from django.utils.translation import override

from typed import countries
from typed.countries import CODES, countries_in, country_code, country_name

LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Hong Kong", "HK"),
        ("香港", "HK"),
        ("U.A.E.", "AE"),
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("Österreich", "AT"),
        ("Cote d’Ivoire", "CI"),
        ("日本", "JP"),
        ("de", "DE"),
        ("England", "GB"),
        ("Atlantis", ""),
        ("", ""),
        ("qq", ""),
        ("EU", ""),
        ("Kosovo", "XK"),
    ],
)
def test_a_country_is_known_by_its_names(name: str, code: str) -> None:
    assert country_code(name) == code


def fail(*_args: object) -> None:
    raise AssertionError


def test_nothing_is_looked_for_where_nothing_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in most orders: each process would load 80 MB of names for the first of them."""
    monkeypatch.setattr(countries, "own_names", fail)

    assert country_code(" ") == ""


def test_babel_looks_for_no_language_that_it_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes through all that is loaded then, and ends when another thread loads more."""
    for cached in (countries.territories_in, countries.own_names):
        cached.cache_clear()
    monkeypatch.setattr(localedata, "normalize_locale", fail)

    assert country_code("Timor-Leste") == "TL"
    assert countries.own_names()["deutschland"] == "DE"


def test_a_country_is_known_by_its_name_in_the_readers_language() -> None:
    assert country_code("Frankreich", "fr") == ""
    assert country_code("Frankreich", "de") == "FR"
    assert country_code("Frankreich", "de-at") == "FR"
    assert country_code("Germany", "no-such-language") == "DE"


def test_without_a_language_any_of_the_shops_will_do() -> None:
    assert [country_code(name) for name in ("Frankreich", "Allemagne", "Paesi Bassi")] == [
        *("FR", "DE", "NL")
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_name_is_known_again(language: str) -> None:
    named = {code: country_code(country_name(code, language)) for code in CODES}

    assert {code: found for code, found in named.items() if found != code} == {}
    # By the release before, which knows what is English and of the reader's language.
    assert all(country_code(country_name(code, language), language) == code for code in CODES)


def test_a_country_is_named_in_the_language_of_the_page() -> None:
    with override("de"):
        assert country_name("GB") == "Vereinigtes Königreich"
    assert country_name("HK", "de") == "Hong Kong"
    assert country_name("DE", "qqq") == "Germany"
    assert [country_name(code) for code in ("", "QQ", "EU")] == ["", "", ""]


def test_countries_stand_in_the_order_of_their_names() -> None:
    named = [name for _code, name in countries_in("de")]

    assert named.index("Ägypten") < named.index("Albanien") < named.index("Österreich")
    assert named.index("Österreich") < named.index("Polen")
    assert len({*named}) == len(CODES) == len(named)


def test_one_of_them_may_come_first() -> None:
    listed = countries_in("en", "NL")

    assert [listed[0][0], listed[1][0]] == ["NL", "AF"]
    assert [code for code, _name in listed].count("NL") == 1
