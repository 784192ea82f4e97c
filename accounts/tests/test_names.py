import pytest

from accounts.names import is_surname


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Berg", "Anna van der Berg"),
        (" van der  berg ", "Anna van der Berg"),
        ("Anna van der Berg", "Anna van der Berg"),
        ("Muller-Ludenscheidt", "Dr. Müller-Lüdenscheidt"),
        ("Berg", "Berg, Anna"),
        ("STRASSER", "Jo Straßer"),
        ("Ågård", "Bo Agard"),
    ],
)
def test_a_surname_is_known_however_it_is_typed(typed: str, name: str) -> None:
    assert is_surname(typed, name)


@pytest.mark.parametrize("typed", ["", " ", "-", "Anna", "er", "Bergmann", "Berg Anna"])
def test_another_name_is_none(typed: str) -> None:
    assert not is_surname(typed, "Anna van der Berg")
