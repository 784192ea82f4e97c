"""Asking about a thing, and answering: by a page and a mail each."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.locking import lock_owner
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
    same, context = ["email", "item", "text"], {"question": question}
    return tell_shop_once(question, "store.question_shop", context, same=same)


Asked = TypeVar("Asked", bound=models.Model)


def tell_shop_once(row: Asked, event: str, context: Any, *, same: Iterable[str]) -> Asked:
    """Write down what a visitor asks, under a key that the page has made up, and mail it to the
    shop; of a second click, which says the `same`, return what the first has written. Raises
    AccountGone.
    """
    asked: Any = row
    try:
        with transaction.atomic():
            if asked.customer:
                asked.customer = lock_owner(asked.customer)
            asked.save(force_insert=True)
            if address := ShopProfile.get_solo().email:
                about = {"context": context, "reply_to": asked.email, "site": asked.site}
                enqueue_mail(event, to=address, **about)
    except IntegrityError:
        known = {name: getattr(asked, name) for name in [*same, "idempotency_key"]}
        if found := type(row)._base_manager.filter(**known).first():
            return found
        # Not a second click, but another question under a key that somebody made up.
        asked.idempotency_key = new_secret()
        return tell_shop_once(row, event, context, same=same)
    return row


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
