"""What staff say about a file that they import."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import FileExtensionValidator
from django.template.defaultfilters import filesizeformat
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from store.imports.columns import key_of
from store.imports.looking import Look, heading
from store.imports.options import IGNORE, KEEP, Options
from store.imports.recognising import ENCODINGS, SEPARATORS
from store.models import Category, Item
from store.pictures.uploads import UploadWithoutRoom

LARGEST_FILE = 20 * 1024 * 1024
AS_RECOGNISED = ("", _("as recognised"))
# Rows that stay unclear do not come in.
LEAVE = ("leave", _("leave these rows out"))
SEPARATOR_NAMES = {
    "comma": _("comma"),
    "semicolon": _("semicolon"),
    "tab": _("tab"),
    "bar": _("vertical bar"),
}


class NewThingsForm(forms.Form):
    """What the file does not say of new things."""

    unpublished = forms.BooleanField(
        label=_("Leave new things unpublished"),
        help_text=_("Nobody sees them until you publish them in the list."),
        required=False,
    )
    tax_scheme = forms.ChoiceField(
        label=_("Tax scheme of new things"),
        choices=[
            ("", _("as in the file or of their category, or else standard rate")),
            *Item.TaxScheme.choices,
        ],
        help_text=_("Where the file does not say it."),
        required=False,
    )
    category = forms.CharField(
        label=_("Category of new things"),
        max_length=100,
        help_text=_("Where the file does not say it. A new name makes a new category."),
        widget=forms.TextInput(attrs={"list": "categories", "class": "vTextField"}),
        required=False,
    )

    def options(self, before: Options) -> Options:
        data = self.cleaned_data
        return replace(
            before,
            published=not data["unpublished"],
            tax_scheme=data["tax_scheme"],
            category=data["category"],
        )

    @property
    def categories(self) -> Iterable[str]:
        return Category.objects.values_list("name", flat=True)


class ImportForm(NewThingsForm):
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_(
            "Our own columns, as “Export all” writes them, or a product file of Shopify, "
            "WooCommerce or Etsy."
        ),
        validators=[FileExtensionValidator(["csv", "tsv", "txt"])],
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )
    check_only = forms.BooleanField(
        label=_("Check only"),
        help_text=_("Shows what would happen and changes nothing."),
        required=False,
        initial=True,
    )
    field_order = ["file", "check_only"]

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            limit = filesizeformat(LARGEST_FILE)
            raise ValidationError(_("The file is larger than %s.") % limit)
        if isinstance(file, UploadWithoutRoom):
            raise ValidationError(_("It could not be stored just now. Please send it again later."))
        return file


class AnswersForm(NewThingsForm):
    """What is unclear about a file, and what was recognised of it, to be said otherwise."""

    decimal = forms.ChoiceField(
        label=_("How amounts are written"),
        choices=[
            ("point", _("1,234.50: a point stands before the cents")),
            ("comma", _("1.234,50: a comma stands before the cents")),
            LEAVE,
        ],
        widget=forms.RadioSelect,
    )
    dates = forms.ChoiceField(
        label=_("How dates are written"),
        choices=[
            ("dmy", _("31/12/1979: the day stands first")),
            ("mdy", _("12/31/1979: the month stands first")),
            LEAVE,
        ],
        widget=forms.RadioSelect,
    )
    other_columns = forms.ChoiceField(
        label=_("Columns that the shop does not have"),
        choices=[
            ("", _("leave them out, and name them in the report")),
            (KEEP, _("keep them with the thing, for staff to read")),
        ],
        required=False,
    )
    look_alikes = forms.ChoiceField(
        label=_("What looks like another thing"),
        choices=[
            ("hold", _("hold it back")),
            ("same", _("it is the same thing: bring that up to date")),
            ("new", _("it is another thing: bring it in")),
        ],
        help_text=_("By its stock number, but for zeros, case, spaces and hyphens."),
    )
    pictures = forms.BooleanField(label=_("Fetch the pictures"), required=False)
    encoding = forms.ChoiceField(
        label=_("Letters"), choices=[AS_RECOGNISED, *ENCODINGS.items()], required=False
    )
    separator = forms.ChoiceField(
        label=_("Between the cells"),
        choices=[AS_RECOGNISED, *((name, SEPARATOR_NAMES[name]) for name in SEPARATORS)],
        required=False,
    )

    def __init__(self, data: Any = None, *, look: Look, before: Options) -> None:
        super().__init__(data, initial=initial_of(before))
        self.look = look
        for name in ("decimal", "dates"):
            if question := look.questions.get(name):
                self.fields[name].help_text = str(question)
            elif not getattr(before, name):
                del self.fields[name]
        if look.odd_words:
            self.fields["encoding"].help_text = _("Are these words whole: %s?") % look.odd_words
        if look.free or look.undecided:
            del self.fields["other_columns"]
            for name, column in self.columns.items():
                self.fields[name] = column_field(column, look, before)
        elif not look.unknown:
            del self.fields["other_columns"]

    @property
    def columns(self) -> dict[str, str]:
        """The names of the fields that ask about a column, with that column."""
        if not (self.look.free or self.look.undecided):
            return {}
        return {f"column_at_{number}": column for number, column in self.look.asked.items()}

    @property
    def questions(self) -> list[forms.BoundField]:
        """What has to be said before the file can come in."""
        letters = ["encoding"] if self.look.odd_words else []
        asked = (name for name in ("decimal", "dates") if name in self.fields)
        names = [*letters, *self.columns, *asked]
        return [self[name] for name in names]

    @property
    def others(self) -> list[forms.BoundField]:
        asked = {field.name for field in self.questions}
        return [field for field in self if field.name not in asked]

    def answer(self, name: str) -> str:
        choice = str(self.cleaned_data.get(name, ""))
        return "" if choice == LEAVE[0] else choice

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = [data.get(name) for name in self.columns]
        for name in self.columns:
            choice = data.get(name)
            if choice in self.look.free and chosen.count(choice) > 1:
                self.add_error(name, _("Another column is to be read as that, too."))
        return data

    def said_of_columns(self) -> dict[str, str]:
        data = self.cleaned_data
        return {key_of(column): data[name] for name, column in self.columns.items()}

    def options(self, before: Options) -> Options:
        data = self.cleaned_data
        return replace(
            super().options(before),
            decimal=self.answer("decimal"),
            dates=self.answer("dates"),
            columns={**before.columns, **self.said_of_columns()},
            other_columns=data.get("other_columns", ""),
            look_alikes=data["look_alikes"],
            pictures=data["pictures"],
            encoding=data["encoding"],
            separator=data["separator"],
        )


def initial_of(options: Options) -> dict[str, Any]:
    return {
        **options.as_json(),
        "unpublished": not options.published,
        "dates": options.dates or order_of_the_shop(),
    }


def order_of_the_shop() -> str:
    return "mdy" if get_format("SHORT_DATE_FORMAT").lower().startswith(("m", "n")) else "dmy"


def column_field(column: str, look: Look, before: Options) -> forms.ChoiceField:
    """What becomes of a column of the file, with the nearest one of ours already chosen."""
    return forms.ChoiceField(
        label=_("Column “%s”") % column,
        choices=[
            ("", _("please choose")),
            (IGNORE, _("leave it out")),
            (KEEP, _("keep it with the thing, for staff to read")),
            *((name, _("read it as “%s”") % heading(name)) for name in look.free),
        ],
        initial=before.column(column) or look.undecided.get(column, ""),
    )
