from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

ACCEPTED = "image/jpeg,image/png,image/webp"


class PhotosInput(forms.ClearableFileInput):
    """Several photos at once, from the camera or the gallery; nothing that could be cleared."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def __init__(self) -> None:
        super().__init__(attrs={"accept": ACCEPTED})


class PhotosField(forms.FileField):
    """Cleans to a list of files, which `photos.prepare_photos` looks into."""

    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list) else [data]
        # A file without a name or content is for `prepare_photos` to refuse, with its reason.
        found = [file for file in files if file]
        if not found:
            super().clean(None)
        return found
