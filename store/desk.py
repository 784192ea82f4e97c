"""What visitors want to know, for the front desk."""

from django.utils.translation import ngettext_lazy

from desk.rows import Row, Urgency
from store.models import Question

ROWS = [
    Row(
        name="questions",
        label=ngettext_lazy("question about a thing", "questions about things"),
        rows=lambda user: Question.objects.unanswered(),
        page="store_question_changelist",
        query="?answered=no",
        permissions=("store.change_question",),
        urgency=Urgency.SOMEBODY_WAITS,
        since="asked_at",
    ),
]
