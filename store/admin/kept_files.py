"""What a form has stored already when it comes back with an error, so that nobody chooses it again.

It stands signed in a hidden field of the form, and is good for as long as the files are kept.
"""

from typing import Any

from django import forms
from django.core import signing

from store.pictures.kept import KEPT_SECONDS


def salt_of(field: str) -> str:
    return f"store.admin.{field}"


def put_into(form: forms.BaseForm, field: str, stored: Any) -> None:
    """Let the hidden field of a bound form say what was stored."""
    # Of Django's own kind, which keeps several values of one name.
    data: Any = form.data.copy()  # type: ignore[attr-defined]
    data[form.add_prefix(field)] = signing.dumps(stored, salt=salt_of(field))
    form.data = data


def read_from(form: forms.BaseForm, field: str) -> Any:
    """What was stored for a form before; None when it says nothing, or it is too old."""
    signed = form.cleaned_data.get(field) or ""
    try:
        return signing.loads(signed, salt=salt_of(field), max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return None
