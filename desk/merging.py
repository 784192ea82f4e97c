"""Two people at one form: each changes what they typed themselves, and nothing else.

A form says, signed in a hidden field, what its fields said when the page was shown. What somebody
else has changed since then stays, unless the sender has typed something else there, too: then
nothing is saved yet, both are shown, and who sends it again has seen it.
"""

import json
from functools import cached_property
from typing import Any, cast

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from typed.help_texts import EscapedField

SHOWN = "as_shown"
LONGEST_QUOTE = 300


class MergedField(EscapedField):
    form: "MergedForm"

    @property
    def sent(self) -> Any:
        return super().data

    @property
    def data(self) -> Any:
        """What was sent, or else what somebody has put there since the page was shown."""
        return self.form.meanwhile[0].get(self.name, self.sent)

    def now(self) -> Any:
        """What the row says, as the page sends it."""
        value, widget = self.field.prepare_value(self.initial), self.field.widget
        return widget.decompress(value) if isinstance(widget, forms.MultiWidget) else value

    def was_typed(self, shown: Any) -> bool:
        """Whether something else was sent than the page had shown."""
        try:
            # Django asks so of what it keeps in hidden fields itself.
            known = shown if isinstance(shown, list) else self.field.to_python(shown)
        except ValidationError:
            return True
        return self.field.has_changed(known, self.sent)

    def in_words(self) -> str:
        now = self.now()
        chosen = {str(each) for each in (now if isinstance(now, list | tuple) else [now])}
        choices = getattr(self.field, "choices", [])
        words = [str(label) for value, label in choices if str(value) in chosen]
        if isinstance(now, bool):
            words = [_("Yes") if now else _("No")]
        elif not words and not hasattr(self.field, "choices"):
            words = sorted(chosen) if now not in (None, "", []) else []
        return Truncator(", ".join(words)).chars(LONGEST_QUOTE) or "–"


class MergedForm(forms.Form):
    """Mixed into forms of rows, and of settings. Its template shows `as_shown`."""

    bound_field_class = MergedField

    @property
    def of_what(self) -> str:
        """So that what was shown of one row is not taken for another's."""
        instance = getattr(self, "instance", None)
        return f"{instance._meta.label}:{instance.pk}" if instance else type(self).__name__

    @property
    def is_of_new_row(self) -> bool:
        return hasattr(self, "instance") and self.instance.pk is None

    def mergeable(self) -> dict[str, MergedField]:
        """By name, what somebody else may change: no files, and nothing that is of a page alone.

        Nor what a form itself says is `proposed` by it and by no row, such as a time from now on.
        """
        proposed: set[str] = getattr(self, "proposed", set())
        return {
            name: cast(MergedField, self[name])
            for name, field in self.fields.items()
            if name not in proposed
            and not (field.disabled or field.widget.is_hidden or isinstance(field, forms.FileField))
        }

    @property
    def as_shown(self) -> SafeString | str:
        if self.is_of_new_row or not self.fields:
            return ""
        now = {name: field.now() for name, field in self.mergeable().items()}
        signed = signing.dumps(json_of(now), salt=self.of_what, compress=True)
        tag = '<input type="hidden" name="{}" value="{}">'
        return format_html(tag, self.add_prefix(SHOWN), signed)

    @cached_property
    def seen(self) -> dict[str, Any]:
        """Empty for a page that did not say it: then all that was sent counts as typed."""
        signed = self.data.get(self.add_prefix(SHOWN), "")
        try:
            return dict(signing.loads(signed, salt=self.of_what))
        except signing.BadSignature:
            return {}

    @cached_property
    def meanwhile(self) -> tuple[dict[str, Any], list[MergedField]]:
        """What is taken over from somebody else, by field; and the fields both have changed."""
        taken_over, both = {}, []
        for name, field in self.mergeable().items() if self.seen else ():
            now = field.now()
            if name not in self.seen or same(now, self.seen[name]):
                continue
            if not field.was_typed(self.seen[name]):
                taken_over[name] = now
            elif field.was_typed(json_of(now)):
                both.append(field)
        return taken_over, both

    def _clean_form(self) -> None:
        super()._clean_form()  # type: ignore[misc]
        for field in self.meanwhile[1]:
            text = _(
                "Somebody else has changed this since you opened the page. It says now: %s. "
                "Nothing is saved yet: what you typed stands here, save again if it is to be that."
            )
            self.add_error(field.name, text % field.in_words())


class Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        """Whatever a field of our own holds, as the page says it."""
        try:
            return super().default(o)
        except TypeError:
            return str(o)


def json_of(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=Encoder))


def same(now: Any, shown: Any) -> bool:
    return bool(json_of(now) == shown)


def merging(form: Any) -> Any:
    """The form, with this added."""
    if issubclass(form, MergedForm):
        return form
    return type(form.__name__, (MergedForm, form), {"__module__": form.__module__})
