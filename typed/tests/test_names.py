import pytest

from typed.names import greeted, harmless, told


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("You have won €1, take it: https://spam.example/win", "You have won €1, take it"),
        ("Ann www.spam.example", "Ann"),
        ("Ann (spam.example)", "Ann"),
        ("Ann spam.example/win", "Ann"),
        ("win@spam.example Ann", "Ann"),
        ("HTTPS://SPAM.EXAMPLE/ Ann", "Ann"),
        ("//spam.example/win Ann", "Ann"),
        ("Spam.Example", "Spam. Example"),
        ("Ann spam。example", "Ann"),
        ("https://spam.example/", "there"),
        ("", "there"),
    ],
)
def test_a_greeting_holds_no_address(name: str, said: str) -> None:
    assert greeted(name) == said


@pytest.mark.parametrize(("name", "said"), [("Ann www.spam.example", "Ann"), ("", "Somebody")])
def test_staff_are_told_of_a_name_without_an_address(name: str, said: str) -> None:
    assert told(name) == said


@pytest.mark.parametrize(
    "name",
    ["Ann Smith", "J.R.R. Tolkien", "O'Neil & Co", "王小明", "Müller-Lüdenscheidt", "Ann, Bob"],
)
def test_honest_names_are_said_as_they_are(name: str) -> None:
    assert greeted(name) == name


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("R00012, the lamp and the chair", "R00012, the lamp and the chair"),
        ("R00012 https://spam.example/win pay", "R00012 … pay"),
        ("see spam.example\nor win@spam.example now", "see … or … now"),
        ("x" * 60, "x" * 39 + "…"),
    ],
)
def test_words_of_a_stranger_are_kept_without_addresses(words: str, said: str) -> None:
    assert harmless(words, 40) == said
