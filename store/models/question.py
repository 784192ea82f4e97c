"""What a visitor wants to know of a thing, and what staff have answered."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.secrets import new_secret
from store.models.catalogue import Item
from typed.languages import LanguageField, reverse_in

LONGEST_QUESTION = 2000


class QuestionQuerySet(models.QuerySet["Question"]):
    def unanswered(self) -> Self:
        return self.filter(answered_at=None)


class Question(models.Model):
    """Whoever has its secret address reads it. A second click finds it by its key."""

    secret = models.CharField(max_length=32, unique=True, default=new_secret, editable=False)
    idempotency_key = models.CharField(max_length=32, unique=True, default=new_secret)
    item = models.ForeignKey(
        Item, models.CASCADE, related_name="questions", verbose_name=_("the thing")
    )
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("customer"),
    )
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail address"), max_length=254)
    text = models.TextField(_("question"), max_length=LONGEST_QUESTION)
    site = models.CharField(max_length=300)
    language = LanguageField()
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["-asked_at"]
        indexes = [
            models.Index(
                "asked_at", condition=models.Q(answered_at=None), name="question_unanswered"
            )
        ]

    def __str__(self) -> str:
        return str(self.item)

    def get_absolute_url(self) -> str:
        return reverse_in(self.language, "store:question", self.secret)
