"""Every mail of the shop, with the words that staff may change."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_POST

from desk.merging import MergedForm
from mail.admin.preview import framed
from mail.letters import Look, as_html
from mail.models import Wording
from mail.outbox import EVENTS, MailEvent, sender
from mail.wordings import Words
from typed.languages import own_names


class WordingForm(MergedForm):
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 22}),
        help_text=gettext_lazy("An empty line begins a new paragraph."),
    )

    def __init__(self, *args: Any, event: MailEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event

    @property
    def words(self) -> Words:
        lines = self.cleaned_data["text"].replace("\r\n", "\n")
        return Words(self.cleaned_data["subject"], lines)

    def clean_subject(self) -> str:
        return self.checked("subject")

    def clean_text(self) -> str:
        return self.checked("text")

    def checked(self, field: str) -> str:
        """Refuse what is no placeholder of this mail, and what is missing from its text."""
        text: str = self.cleaned_data[field]
        problem = self.event.problem_with(text, whole=field == "text")
        if problem:
            raise forms.ValidationError(problem)
        return text


def languages_of_shop() -> dict[str, str]:
    """What each calls itself, by its code; the main language first."""
    return own_names(sender().languages)


@admin.register(Wording)
class WordingAdmin(admin.ModelAdmin):
    """A list of all mails; a wording's row exists only where it is not the original."""

    def get_urls(self) -> list[URLPattern]:
        pages = [("change", self.edit_page), ("preview", self.preview_page)]
        pages += [("original", require_POST(self.original_page))]
        own = [
            path(
                f"<str:name>/{page}/",
                self.admin_site.admin_view(view),
                name=f"mail_wording_{page}",
            )
            for page, view in pages
        ]
        return [*own, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        edited = {wording.pk: wording for wording in Wording.objects.select_related("changed_by")}
        _main, *others = languages_of_shop().items()
        rows = [
            (
                event,
                event.in_main_language(edited=False),
                edited.get(event.name),
                [name for code, name in others if event.key_in(code) in edited],
            )
            for event in sorted(EVENTS.values(), key=lambda event: event.name)
        ]
        return self.page(request, "list", _("Wording of mails"), rows=rows)

    def edit_page(self, request: HttpRequest, name: str) -> HttpResponse:
        event, language = self.find(request, name)
        words = event.in_language(language)
        given = request.POST if request.method == "POST" else None
        form = WordingForm(given, event=event, initial=words._asdict())
        if form.is_valid():
            by = cast(AbstractBaseUser, request.user)
            event.reword(form.words, by=by, language=language)
            messages.success(request, _("Saved. The next mail of this kind says it so."))
            return redirect(request.path)
        edited = Wording.objects.filter(pk=name).select_related("changed_by").first()
        versions = [(event.key_in(code), each) for code, each in languages_of_shop().items()]
        context = {"event": event, "form": form, "edited": edited, "key": name}
        return self.page(request, "edit", str(event.when), versions=versions, **context)

    def preview_page(self, request: HttpRequest, name: str) -> HttpResponse:
        """What is typed, or else stored, in the look of the real mail. Nothing is written."""
        event, language = self.find(request, name)
        words = event.in_language(language)
        if request.method == "POST":
            form = WordingForm(request.POST, event=event, initial=words._asdict())
            if not form.is_valid():
                problems = "\n".join(str(text) for texts in form.errors.values() for text in texts)
                return framed(
                    as_html(Words(_("This cannot be sent"), problems), Look(sender=sender()))
                )
            words = form.words
        with override(language):
            return framed(sample(event, words, site=request.build_absolute_uri("/").rstrip("/")))

    def original_page(self, request: HttpRequest, name: str) -> HttpResponse:
        event, language = self.find(request, name)
        original, by = event.in_language(language, edited=False), request.user
        event.reword(original, by=cast(AbstractBaseUser, by), language=language)
        messages.success(request, _("It is the original again."))
        return redirect("admin:mail_wording_change", name)

    def find(self, request: HttpRequest, key: str) -> tuple[MailEvent, str]:
        """An event, and the language in which it is put into other words."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        language, _colon, name = key.rpartition(":")
        language = language or settings.LANGUAGE_CODE
        if name not in EVENTS or language not in languages_of_shop():
            raise Http404
        return EVENTS[name], language

    def page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        whole = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "may_change": self.has_change_permission(request),
            **context,
        }
        return TemplateResponse(request, f"admin/mail/wording/{template}.html", whole)


def sample(event: MailEvent, words: Words, *, site: str) -> str:
    """A mail in which its placeholders say what they stand for."""
    # Where the button leads is an address, else it would not look like one.
    page = f"{site}/"
    values = {
        name: page if each.source == event.button.source else f"[{each.meaning}]"
        for name, each in event.placeholders.items()
    }
    filled = words.filled_in(dict.fromkeys(words.names, "") | values)
    return as_html(filled, Look(sender=sender(), site=site, button=page))
