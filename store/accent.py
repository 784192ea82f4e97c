"""The colour of links and buttons that a shop may choose."""

import re

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

# What it is read on, and what is read on it: --paper, --paper-deep and --on-ink of tokens.css,
# and white.
BESIDE = ("#f8f4ec", "#eee7da", "#ffffff")
# Of WCAG 2.2, 1.4.3 (AA).
LEAST_CONTRAST = 4.5


def validate_accent(color: str) -> None:
    """Refuse what is no colour, or one that text in it, or on it, could not be read in."""
    if not re.fullmatch("#[0-9a-fA-F]{6}", color):
        raise ValidationError(_("A colour is # and six digits or letters from a to f: #9c1c2b."))
    least = min(contrast(color, other) for other in BESIDE)
    if least < LEAST_CONTRAST:
        text = _(
            "This colour is too light to be read: its contrast to the paper is %(is)s : 1, "
            "and has to be %(least)s : 1. Choose a darker one."
        )
        raise ValidationError(
            text % {"is": number_format(least, 1), "least": number_format(LEAST_CONTRAST, 1)}
        )


def contrast(one: str, other: str) -> float:
    """Of two colours, from 1 to 21, as WCAG 2.2 defines it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    red, green, blue = (linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def stylesheet(color: str) -> str:
    """For light pages alone: on dark ones it could not be read."""
    if not color:
        return ""
    return f"@media (prefers-color-scheme: light) {{ :root {{ --accent: {color}; }} }}\n"
