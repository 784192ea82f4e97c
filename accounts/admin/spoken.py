"""In which language a person is written to, as staff set it for whoever comes to the counter."""

from typing import Any

from django.conf import settings
from django.forms import ChoiceField
from django.utils.translation import gettext_lazy as _

from accounts.admin.versions import VersionedPersonForm
from typed.languages import known


class SpokenToForm(VersionedPersonForm):
    # Not by the name of the model's field, which forms leave out.
    spoken = ChoiceField(
        label=_("Language"),
        required=False,
        choices=lambda: settings.LANGUAGES,
        help_text=_("Of mails and papers for this person, and of pages for staff."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["spoken"] = known(self.instance.language)

    def clean_spoken(self) -> str:
        language: str = self.cleaned_data["spoken"]
        self.instance.language = language or self.instance.language
        return language
