from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from store.models import Question
from store.questions import AnsweredMeanwhile, answer


class UnansweredFilter(admin.SimpleListFilter):
    title = _("answer")
    parameter_name = "answered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("to be answered")), ("yes", _("answered"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Question]) -> QuerySet[Question]:
        if self.value() not in {"no", "yes"}:
            return queryset
        return queryset.filter(answered_at__isnull=self.value() == "no")


class AnswerForm(forms.ModelForm):
    class Meta:
        model = Question
        fields = ["answer"]
        widgets = {"answer": forms.Textarea(attrs={"rows": 8, "cols": 70})}
        help_texts = {"answer": _("Goes out by mail as soon as you save, and cannot be changed.")}

    def clean_answer(self) -> str:
        text: str = self.cleaned_data["answer"].strip()
        if not text:
            raise forms.ValidationError(_("Write an answer, or leave this page without saving."))
        return text


@admin.register(Question)
class QuestionAdmin(admin.ModelAdmin):
    """Staff answer once; what was answered is read only."""

    form = AnswerForm
    list_display = ["item", "name", "asked_at", "answered_at", "answered_by"]
    list_filter = [UnansweredFilter]
    list_select_related = ["item", "answered_by"]
    search_fields = ["item__title", "name", "email", "text"]
    fields = ["thing", "name", "email", "text", "asked_at", "answer", "answered_at", "answered_by"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Question | None = None) -> list[str]:
        given = ["thing", "name", "email", "text", "asked_at", "answered_at", "answered_by"]
        return [*given, "answer"] if obj and obj.answered_at else given

    @admin.display(description=_("the thing"))
    def thing(self, question: Question) -> SafeString:
        address = reverse("admin:store_item_change", args=[question.item_id])
        return format_html('<a href="{}">{}</a>', address, question.item.title)

    def save_model(self, request: HttpRequest, obj: Question, form: Any, change: bool) -> None:  # noqa: FBT001
        try:
            answer(question_id=obj.pk, text=obj.answer, actor=cast(User, request.user))
        except AnsweredMeanwhile as refusal:
            messages.error(request, refusal.sentence)
