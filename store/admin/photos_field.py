"""Several photos of an item in one choice, of which none is lost when the form has an error.

What was sent is stored at once. A form that comes back with an error carries the signed names of
the files, so that nobody has to choose them again.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Max
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from outside.heavy import heavy_work
from store.admin.kept_files import put_into, read_from
from store.models import Item, ItemImage
from store.pictures.decoder import Decoder
from store.pictures.images import ImageRefused, prepare, use
from store.pictures.kept import is_stored, keep

ACCEPTED_TYPES = "image/jpeg,image/png,image/webp,image/gif"
PHOTOS_AT_ONCE = 20
LAST_POSITION = 32_767


def not_taken(name: str, reason: str) -> str:
    text = gettext("The picture “%(name)s” was not taken: %(reason)s")
    return text % {"name": name, "reason": reason}


class PhotosInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class PhotosField(forms.FileField):
    """Cleans to a list of files."""

    widget = PhotosInput(attrs={"accept": ACCEPTED_TYPES, "data-photos": ""})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [file for file in data or [] if file]


class NewPhotosMixin(forms.ModelForm):
    """The field for them, and the hidden one that keeps those of a form with an error."""

    photos = PhotosField(
        label=_("Add photos"),
        required=False,
        help_text=_("Several in one choice, or from the camera. You can describe them later."),
    )
    kept_photos = forms.CharField(required=False, widget=forms.HiddenInput)
    new_photos: list[dict[str, Any]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.new_photos = []
        self.refused_photos: list[str] = []

    def clean(self) -> dict[str, Any] | None:
        """Store what was sent, and put it into the form for the case that it comes back."""
        cleaned = super().clean()
        self.new_photos = self.kept_before() + self.taken(self.cleaned_data.get("photos") or [])
        keep(photo["image"] for photo in self.new_photos)
        if self.new_photos and "kept_photos" in self.fields:
            put_into(self, "kept_photos", self.new_photos)
            text = ngettext(
                "%d photo is kept from before: it need not be chosen again.",
                "%d photos are kept from before: they need not be chosen again.",
                len(self.new_photos),
            )
            said = [text % len(self.new_photos), *self.refused_photos]
            self["photos"].help_text = " ".join(said)
        return cleaned

    def kept_before(self) -> list[dict[str, Any]]:
        kept = read_from(self, "kept_photos") or []
        # Sent twice, such as by two clicks, they are there already, or were and are deleted.
        there = ItemImage.objects.filter(image__in=[one["image"] for one in kept])
        taken = set(there.values_list("image", flat=True))
        left = [one for one in kept if one["image"] not in taken]
        return [one for one in left if is_stored(one["image"])]

    def taken(self, files: list[UploadedFile]) -> list[dict[str, Any]]:
        if not files:
            return []
        found = []
        with heavy_work.place(), Decoder() as decoder:
            for number, file in enumerate(files):
                image = ItemImage()
                try:
                    if number >= PHOTOS_AT_ONCE:
                        text = gettext("Please send %(n)d photos at once at most.")
                        raise ImageRefused(text % {"n": PHOTOS_AT_ONCE})
                    use(image, prepare(file, decoder=decoder))
                except ImageRefused as refusal:
                    self.refused_photos.append(not_taken(str(file.name), str(refusal)))
                else:
                    size = {"width": image.width, "height": image.height}
                    kept = {"image": image.image.name, "renditions": image.renditions}
                    found.append({**kept, **size})
        return found


def add_photos(item: Item, photos: Iterable[dict[str, Any]]) -> None:
    """Add stored pictures after the others; until somebody describes them, the title does."""
    for position, photo in enumerate(photos, start=next_position(item.pk)):
        words = {"alt_text": item.title, "is_described": False}
        place = min(position, LAST_POSITION)
        ItemImage.objects.create(item=item, position=place, **words, **photo)


def next_position(item_id: int) -> int:
    """After all the others."""
    last = ItemImage.objects.filter(item=item_id).aggregate(last=Max("position"))["last"] or 0
    return min(last + 1, LAST_POSITION)
