"""The template pack `repairshop`, with which every form is rendered."""

from typing import Any

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_form
from django import forms


class EveryField(forms.Form):
    name = forms.CharField(help_text="As on the bell.")
    agree = forms.BooleanField(label="I agree")
    way = forms.ChoiceField(choices=[("a", "By ship"), ("b", "By train")], widget=forms.RadioSelect)
    photo = forms.FileField(required=False)
    token = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        self.add_error(None, "Both cannot be true.")


def rendered(data: dict[str, Any] | None = None) -> str:
    return str(as_crispy_form(EveryField(data)))


def test_every_field_has_its_label() -> None:
    html = rendered()

    for field in ("name", "agree", "photo"):
        assert f'<label for="id_{field}">' in html
    assert "<legend>Way</legend>" in html
    assert html.count("(optional)") == 1


def test_errors_and_help_are_tied_to_their_field() -> None:
    html = rendered({})

    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert '<fieldset class="field field--invalid" aria-describedby="id_way_error">' in html


def test_a_summary_above_the_form_leads_to_each_error() -> None:
    html = rendered({"way": "a"})
    summary = html[: html.index('class="field')]

    assert 'role="alert"' in summary
    assert "Both cannot be true." in summary
    assert '<a href="#id_name">Name</a> – This field is required.' in summary
    assert "id_way" not in summary
    assert "#id_token" not in summary


def test_what_was_typed_stays_and_is_escaped() -> None:
    assert 'value="&lt;b&gt;"' in rendered({"name": "<b>"})


def test_no_style_or_script_is_inline() -> None:
    html = rendered({})

    assert "style=" not in html
    assert "<script" not in html
