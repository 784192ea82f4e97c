from contextlib import suppress
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.mixins import SecretsMixin
from accounts.models import User
from mail.telling import gets_mail, no_mail
from store.models import Question
from store.questions import AnsweredMeanwhile, answer


class UnansweredFilter(admin.SimpleListFilter):
    title = _("answer")
    parameter_name = "answered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("to be answered")), ("yes", _("answered"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        match self.value():
            case "no":
                unanswered: QuerySet[Any] = queryset.unanswered()
                return unanswered
            case "yes":
                answered: QuerySet[Any] = queryset.exclude(answered_at=None)
                return answered
        return None


class AnswerForm(forms.ModelForm):
    # As long as a mail that people read to its end.
    answer = forms.CharField(
        label=_("Answer"),
        max_length=5000,
        help_text=_(
            "It stands on the question’s page as soon as you send it, and cannot be changed."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "cols": 70}),
    )

    class Meta:
        model = Question
        fields = ["answer"]


class AnsweredOnceAdmin(SecretsMixin):
    """What visitors ask about a thing: staff answer once; what was answered has gone out, and is
    read only.
    """

    secrets: ClassVar[list[str]] = ["secret", "idempotency_key"]
    change_form_template = "admin/store/question/change_form.html"
    list_filter = [UnansweredFilter]

    def is_open(self, asked: Any) -> bool:
        return asked.answered_at is None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or self.is_open(obj))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        asked = self.get_object(request, object_id)
        if request.method == "POST" and asked and not self.is_open(asked):
            # Such as a second click.
            messages.info(request, _("It is answered already; nothing more was sent."))
            return redirect(request.path)
        return super().change_view(request, object_id, *args, **kwargs)

    def say_it_went(self, request: HttpRequest, email: str) -> None:
        went = _("The answer is on its way to %s.") % email
        messages.success(request, went if gets_mail(email) else no_mail(email))

    @admin.display(description=_("the thing"))
    def thing(self, asked: Any) -> SafeString:
        address = reverse("admin:store_item_change", args=[asked.item_id])
        return format_html('<a href="{}">{}</a>', address, asked.item.title)


@admin.register(Question)
class QuestionAdmin(AnsweredOnceAdmin):
    form = AnswerForm
    list_display = ["item", "name", "asked_at", "answered_at", "answered_by"]
    list_select_related = ["item", "answered_by"]
    search_fields = ["item__title", "name", "email", "text"]
    fields = ["thing", "name", "email", "text", "asked_at", "answer", "answered_at", "answered_by"]

    def response_change(self, request: HttpRequest, obj: Question) -> HttpResponse:
        if Question.objects.filter(pk=obj.pk, answer=obj.answer).exists():
            self.say_it_went(request, obj.email)
        else:
            messages.error(request, AnsweredMeanwhile().sentence)
        return redirect(request.path)

    def get_readonly_fields(self, request: HttpRequest, obj: Question | None = None) -> list[str]:
        given = ["thing", "name", "email", "text", "asked_at", "answered_at", "answered_by"]
        return [*given, "answer"] if obj and obj.answered_at else given

    def save_model(self, request: HttpRequest, obj: Question, form: Any, change: bool) -> None:  # noqa: FBT001
        with suppress(AnsweredMeanwhile):
            answer(question_id=obj.pk, text=obj.answer, actor=cast(User, request.user))
