import pytest

from typed.names import greeted


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


@pytest.mark.parametrize(
    "name",
    ["Ann Smith", "J.R.R. Tolkien", "O'Neil & Co", "王小明", "Müller-Lüdenscheidt", "Ann, Bob"],
)
def test_honest_names_are_said_as_they_are(name: str) -> None:
    assert greeted(name) == name
