"""Optimistic locking: who acts on a page acts on what that page has shown, or on nothing.

What a row's version is stands on the row: its `version` changes with everything that matters.
"""

from typing import TYPE_CHECKING, Any, Protocol

from django import forms

from store.exceptions import VersionChanged

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Versioned(Protocol):
    @property
    def version(self) -> str: ...


def check_version(row: Versioned, version: str, *, words: "StrOrPromise" = "") -> None:
    """Raise VersionChanged when a row is not the one any more that somebody saw; lock it before.

    A second click, or a page that was left open while somebody else acted, does nothing.
    `words` say so where the usual ones do not fit.
    """
    if row.version != version:
        raise VersionChanged(words)


class VersionedForm(forms.Form):
    """A form that knows which version of a row its page has shown."""

    version = forms.CharField(max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, version: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = version

    def show_version_of(self, row: Versioned) -> None:
        """Let the next sending count as one who has seen the row; what was typed stays."""
        self.initial["version"] = row.version
        if self.is_bound:
            sent = {name: self.data[name] for name in self.data}
            self.data = {**sent, self.add_prefix("version"): row.version}
