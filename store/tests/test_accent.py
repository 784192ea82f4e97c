import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from store.accent import contrast, validate_accent
from store.models import ShopProfile


@pytest.mark.parametrize(
    ("color", "reason"),
    [
        ("red", "six digits"),
        ("#9c1c2", "six digits"),
        ("#9c1c2b; }", "six digits"),
        ("#e8a33d", "too light"),
        ("#ffffff", "too light"),
        # On white it could be read, on the darker paper it could not.
        ("#767676", "too light"),
    ],
)
def test_what_cannot_be_read_is_no_accent(color: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        validate_accent(color)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    validate_accent("#0b5d4e")


def test_pages_take_the_colour_from_an_address(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert "accent.css" not in client.get("/terms/").content.decode()
    profile = ShopProfile.get_solo()
    profile.accent = "#0b5d4e"
    profile.save()

    page = client.get("/terms/").content.decode()
    address = f"{reverse('store:accent')}?0b5d4e"
    assert address in page
    with django_assert_num_queries(0):
        answer = client.get(address)
    assert "--accent: #0b5d4e;" in answer.content.decode()
    assert "max-age=86400" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"].startswith("text/css")
