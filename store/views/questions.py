"""Asking about a thing, and the page of a question."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import DetailView, FormView

from accounts.addresses import site_of
from accounts.limits import QUESTIONS, TooOften, check_limit, refuse_too_often
from accounts.models import User
from store.forms import QuestionForm
from store.models import Item, Question
from store.questions import ask


@method_decorator(never_cache, name="dispatch")
class AskView(FormView):
    template_name = "store/ask.html"
    form_class = QuestionForm

    @cached_property
    def item(self) -> Item:
        return get_object_or_404(Item.objects.published(), slug=self.kwargs["slug"])

    def get_initial(self) -> dict[str, Any]:
        user = self.request.user
        return {"name": user.name, "email": user.email} if isinstance(user, User) else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(item=self.item, **kwargs)

    def form_valid(self, form: QuestionForm) -> HttpResponse:
        question = form.save(commit=False)
        try:
            check_limit(QUESTIONS, self.request, question.email)
        except TooOften as refusal:
            return refuse_too_often(self, form, refusal)
        question.item, question.site = self.item, site_of(self.request)
        question.customer = self.request.user if isinstance(self.request.user, User) else None
        question = ask(question)
        messages.success(self.request, _("Your question is on its way."))
        return redirect(question)


@method_decorator(never_cache, name="dispatch")
class QuestionView(DetailView):
    """A question, for whoever has its secret address."""

    slug_field = slug_url_kwarg = "secret"
    template_name = "store/question.html"

    def get_queryset(self) -> QuerySet[Question]:
        return Question.objects.select_related("item")
