from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from repairs_restorals.photos import PHOTOS_AT_ONCE

ACCEPTED_TYPES = "image/jpeg,image/png,image/webp,image/gif"
# What `static/js/photos.js` says.
UPLOAD_TEXTS = {
    "data-remove": _("Take out"),
    "data-too-many": _("There is room for 8 photos at once. Add more of them later."),
    "data-preparing": _("Your photos are being prepared …"),
    "data-progress": _("Sent so far"),
    "data-sending": _("Your photos are being sent:"),
    "data-waiting": _("Your photos have arrived and are being looked through …"),
    "data-failed": _("That did not get through. Nothing is lost: please try once more."),
}


class PhotosInput(forms.ClearableFileInput):
    """Several photos at once, from the camera or the gallery; nothing that could be cleared."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def __init__(self) -> None:
        super().__init__(
            attrs={"accept": ACCEPTED_TYPES, "data-most": PHOTOS_AT_ONCE, **UPLOAD_TEXTS}
        )


class PhotosField(forms.FileField):
    """Cleans to a list of files, which `photos.prepare_photos` looks into."""

    widget = PhotosInput

    def __init__(self, *, has_camera: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if has_camera:
            self.widget.attrs["data-camera"] = _("Take a photo")

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list) else [data]
        # A file without a name or content is for `prepare_photos` to refuse, with its reason.
        found = [file for file in files if file]
        if not found:
            super().clean(None)
        return found


class NeededByMixin(forms.ModelForm):
    """Until when its owner needs a thing: no day that has passed, unless it stands already."""

    def clean_needed_by(self) -> date | None:
        day: date | None = self.cleaned_data["needed_by"]
        if day and day < timezone.localdate() and "needed_by" in self.changed_data:
            raise forms.ValidationError(_("This day has passed."))
        return day
