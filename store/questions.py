"""Asking about a thing, and answering: by a page and a mail each."""

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.secrets import new_secret
from mail.outbox import enqueue_mail
from store.exceptions import Refusal
from store.models import Question, ShopProfile


class AnsweredMeanwhile(Refusal):
    """Somebody else has answered first: theirs has gone out, and stands."""

    words = _("Somebody else has answered it meanwhile; yours was not sent.")


def ask(question: Question) -> Question:
    """Write a question down and tell the shop; what was sent twice is found."""
    try:
        with transaction.atomic():
            question.save(force_insert=True)
            if address := ShopProfile.get_solo().email:
                enqueue_mail(
                    "store.question_shop",
                    to=address,
                    context={"question": question},
                    reply_to=question.email,
                    site=question.site,
                )
    except IntegrityError:
        same = {"email": question.email, "item": question.item, "text": question.text}
        if found := Question.objects.filter(
            idempotency_key=question.idempotency_key, **same
        ).first():
            return found
        # Not a second click, but another question under a key that somebody made up.
        question.idempotency_key = new_secret()
        return ask(question)
    return question


@transaction.atomic
def answer(*, question_id: int, text: str, actor: User) -> Question:
    """Answer once, and mail it. Raises AnsweredMeanwhile."""
    unanswered = Question.objects.filter(pk=question_id, answered_at=None)
    if not unanswered.update(answer=text, answered_at=Now(), answered_by=actor):
        raise AnsweredMeanwhile
    question = Question.objects.select_related("item").get(pk=question_id)
    enqueue_mail(
        "store.answer",
        to=question.email,
        language=question.language,
        context={"question": question},
        reply_to=ShopProfile.get_solo().email,
        site=question.site,
    )
    return question
