"""What stands beside the fields of every form, those of Django's admin included."""

from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape


class EscapedField(BoundField):
    """One whose help is text, for what somebody typed may be a part of it.

    Django's templates take help for HTML. What is meant to be some says so by `format_html`.
    """

    @property
    def help_text(self) -> str:
        return self._help_text

    @help_text.setter
    def help_text(self, text: str) -> None:
        self._help_text = conditional_escape(text)


class FormRenderer(DjangoTemplates):
    """The setting FORM_RENDERER, by which all forms get such fields."""

    bound_field_class = EscapedField
