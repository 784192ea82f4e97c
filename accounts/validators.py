import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from typed.phones import is_phone

# What turns the direction of writing can make a text read as another one.
TURNS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def validate_one_line(value: str) -> None:
    """Refuse what has no place in one line of text, such as in the subject of a mail."""
    if any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in value) or TURNS & {*value}:
        raise ValidationError(_("Please leave out line breaks and invisible characters."))


def validate_has_letter(value: str) -> None:
    """Refuse a name that nobody could read aloud, such as one of blanks and dashes."""
    if not any(char.isalnum() for char in value):
        raise ValidationError(_("Please enter a name with at least one letter."))


def validate_phone(value: str) -> None:
    """Refuse what staff or customers could not dial from a link."""
    if not is_phone(value):
        raise ValidationError(_("Please enter a phone number: digits, and what stands between."))
