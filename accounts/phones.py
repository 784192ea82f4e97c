"""Numbers of phones in columns, in whatever spelling people have typed them."""

from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Replace

from typed.phones import SIGNS, significant_digits


def digits_in(field: str) -> Any:
    """What is left of a column without what people put between digits."""
    digits: Any = F(field)
    for sign in SIGNS:
        digits = Replace(digits, Value(sign))
    return digits


def with_phone(rows: QuerySet[Any], field: str, phone: str) -> QuerySet[Any]:
    """The rows in which a column has this number, in any spelling; of what is none, its text."""
    found: QuerySet[Any]
    digits = significant_digits(phone)
    if not digits:
        return rows.filter(**{field: phone}) if phone else rows.none()
    # What stands before it is a country, or zeros.
    found = rows.alias(phone_digits=digits_in(field)).filter(phone_digits__endswith=digits)
    return found


def of_phone(rows: QuerySet[Any], field: str, phone: str) -> QuerySet[Any]:
    """Whose number this is: those of `with_phone` but for numbers that only end alike."""
    found, digits = with_phone(rows, field, phone), significant_digits(phone)
    if not digits:
        return found
    alike = found.order_by().values_list("pk", field)
    return found.filter(pk__in=[pk for pk, other in alike if significant_digits(other) == digits])
