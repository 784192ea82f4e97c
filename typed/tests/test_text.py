import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typed.text import plain_code, plain_line, tidy


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Kaffee\u00admaschine", "Kaffeemaschine"),
        ("\u2068Rhea\u2069", "Rhea"),
        ("\ufeffRhea\u200b", "Rhea"),
        ("Rhea\u200e", "Rhea"),
        ("1\u202f250\u00a0€", "1 250 €"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("Ange\u0301lique", "Angélique"),
        ("Rhea\u200d\u200c", "Rhea"),
        ("Rh\u034fea\u3164\uffa0", "Rhea"),
        ("Enamel\x0bmug", "Enamel mug"),
        ("Enamel\u2028mug", "Enamel mug"),
        ("one\x0btwo\n\x0cthree", "one\ntwo\n\nthree"),
        ("\x01a\x1bb\x7fc\x9fd\ufffee\uffff", "abcde"),
    ],
)
def test_what_nobody_sees_is_taken_out(typed: str, meant: str) -> None:
    assert tidy(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "علی\u200cرضا",
        "क्\u200dष",
        "👩\u200d🚀",
        "שלום\u200f, (a)",
        "２個！",
        "88½ №5 x²",
        "Two\u00a0cm\nthick",
        "❤\ufe0f ⠓\u2800⠊",
    ],
)
def test_what_has_a_meaning_stays(text: str) -> None:
    assert tidy(text) == text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("\u202eＲｈｅａ\u3000 𝐒mith ", "Rhea Smith"),
        ("ﬁne", "fine"),
        ("שלום\u200f", "שלום"),
        ("88½", "88½"),
        ("a\nb", "a\nb"),
        ("a\0b", "a\0b"),
    ],
)
def test_a_line_is_written_in_plain_letters(typed: str, meant: str) -> None:
    assert plain_line(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("\u202a+49 30 1234567\u202c", "+49 30 1234567"),
        ("（０３０）１２３\u2011４", "(030)123-4"),
        ("٠٣٠ ۱۲", "030 12"),
        ("10115\u200d", "10115"),
        ("030\ufe0f 1\u28002\U000e0021\u3164", "030 12"),
    ],
)
def test_a_code_is_written_in_plain_figures(typed: str, meant: str) -> None:
    assert plain_code(typed) == meant


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    for clean in (tidy, plain_line, plain_code):
        assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_is_left_alone(text: str) -> None:
    assert tidy(text) == text


@given(st.text())
def test_nothing_else_is_lost(text: str) -> None:
    letters = [char for char in unicodedata.normalize("NFC", text) if char.isalnum()]

    assert [char for char in tidy(text) if char.isalnum()] == letters


@pytest.mark.parametrize(
    "marks",
    [
        "\u0301\u0323",
        # Their parts are marks, though they count as letters themselves.
        "\u0f73",
        "\uff9e\u0301",
        "\u0323\u200d\u0301",
        "\u0323\ufeff\u0301",
    ],
)
def test_no_letter_has_more_marks_than_any_language_puts_on_it(marks: str) -> None:
    for clean in (tidy, plain_line, plain_code):
        left = unicodedata.normalize("NFD", clean(f"a{marks * 1000}b"))

        assert len(left) < 100
        assert left[0] == "a"
        assert left[-1] == "b"
