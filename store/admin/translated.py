"""What staff write in the further languages of the shop, beside what it is in the main one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from store.models import ShopProfile
from store.templatetags.translated import marked
from typed.languages import own_names
from typed.translated import Words

LONGEST_HINT = 200
LEFT_EMPTY = gettext_lazy(
    "Below each field stands what it says in the main language, which is shown where it is empty."
)


def further_languages() -> dict[str, str]:
    """Of the shop: what each calls itself, by its code."""
    return own_names(ShopProfile.get_solo().languages[1:])


def name_in(field: str, language: str) -> str:
    return f"{field}_{language.replace('-', '_')}"


class TranslatedForm(forms.ModelForm):
    """Of a row that has translations, with further fields for them."""

    # Their names, by field of the model and language.
    in_languages: dict[tuple[str, str], str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for (field, language), name in self.in_languages.items():
            if name in self.fields:
                self.initial.setdefault(name, self.instance.others(field).get(language, ""))
                self.fields[name].help_text = hint(getattr(self.instance, field))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for (field, language), name in self.in_languages.items():
            if name in self.cleaned_data:
                self.instance.translate(field, language, self.cleaned_data[name])
        return cleaned

    @property
    def changed_columns(self) -> set[str]:
        """Fields that say something else now, in whichever language, by their names in the row."""
        fields = {name: field for (field, _language), name in self.in_languages.items()}
        return {fields.get(name, name) for name in self.changed_data}


def hint(text: str) -> str:
    """What is to be translated, as far as it fits below a field; the admin takes hints for HTML."""
    line = " ".join(str(text).split())
    line = line if len(line) <= LONGEST_HINT else f"{line[: LONGEST_HINT - 2]} …"
    return conditional_escape(marked(Words(line, settings.LANGUAGE_CODE)))


def form_in_languages(form: Any, model: Any, formfield: Callable[..., Any]) -> Any:
    """The form with a field for each text in each language, of the same kind and limits.

    `formfield` is given a field of the model, and makes one of a form, as Django's admin does.
    """
    names, made = {}, {}
    for code, language in further_languages().items():
        for field in model.TRANSLATED:
            of_model = model._meta.get_field(field)
            names[field, code] = name = name_in(field, code)
            label = f"{capfirst(of_model.verbose_name)} ({language})"
            made[name] = formfield(of_model, required=False, label=label, initial=None)
            made[name].widget.attrs["lang"] = code
    return type(form.__name__, (TranslatedForm, form), {**made, "in_languages": names})


class TranslatedAdmin(admin.ModelAdmin):
    """A form of the admin with a folded part for each further language of the shop, if any."""

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> Any:
        formfield = partial(self.formfield_for_dbfield, request=request)
        form = kwargs.pop("form", self.form)
        kwargs["form"] = form_in_languages(form, self.model, formfield)
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fieldsets(request, obj), *self.parts_in_languages(request, obj)]

    def parts_in_languages(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """None for whoever may only look: these fields are of the form, not of the row."""
        may_write = (
            self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        )
        fields = self.model.TRANSLATED if may_write else ()
        parts = [
            (language, [name_in(field, code) for field in fields])
            for code, language in further_languages().items()
        ]
        return [
            (title, {"classes": ["collapse"], "description": LEFT_EMPTY, "fields": names})
            for title, names in parts
            if names
        ]
