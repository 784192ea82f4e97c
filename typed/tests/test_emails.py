import pytest
from hypothesis import given
from hypothesis import strategies as st

from typed.emails import deliverable, plain_email


@pytest.mark.parametrize(
    "typed",
    [
        "rhea@example.com\u202c",
        "\u2066rhea@example.com\u2069",
        "rhea@example.com\u200b",
        "rhea\u2060@example.com",
        "rhea@exam\u00adple.com",
        "rhea@example.com\u00a0",
        "Ｒhea@EXAMPLE．com",
        "rhea@example\u200d.com",
        "rhea@example.com\u2800",
        "mailto:rhea@example.com",
        "<rhea@example.com>",
        "Rhea Sand <rhea@example.com>,",
        "rhea@example.com.",
    ],
)
def test_an_address_is_found_in_whatever_was_pasted(typed: str) -> None:
    assert plain_email(typed) == "rhea@example.com"


@pytest.mark.parametrize(
    "typed",
    [
        "ann@bücher.example",
        "ann@BÜCHER.example",
        "ann@bu\u0308cher.example",
        "ann@xn--bcher-kva.example",
        "Ann@XN--BCHER-KVA.EXAMPLE",
    ],
)
def test_a_domain_has_one_spelling(typed: str) -> None:
    assert plain_email(typed) == "ann@bücher.example"
    assert deliverable(plain_email(typed)) == "ann@xn--bcher-kva.example"


def test_mail_servers_learn_of_domains_by_the_rules_of_today() -> None:
    # By those of 2003 this is another domain, strasse.de.
    assert deliverable("ann@straße.de") == "ann@xn--strae-oqa.de"


@pytest.mark.parametrize("typed", ["ann", "", "@", "a@xn--\u200b", "a@-ü-.de", "a@b@c.de", "a@..ü"])
def test_what_is_no_address_becomes_none(typed: str) -> None:
    assert plain_email(typed).count("@") == typed.count("@")
    assert deliverable(typed).count("@") == typed.count("@")


@given(st.text(max_size=60))
def test_there_is_one_spelling_only(text: str) -> None:
    assert plain_email(plain_email(text)) == plain_email(text)
