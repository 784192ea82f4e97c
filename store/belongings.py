"""What of the shop goes along when two records of one person are joined."""

from django.utils.translation import ngettext_lazy

from accounts.joining import BELONGINGS, moved_by
from store.models import Order, Piece, Question

BELONGINGS.extend(
    [
        moved_by(
            ngettext_lazy("%d order", "%d orders"),
            lambda person: Order.objects.filter(customer=person),
            guest=lambda email: Order.objects.filter(customer=None, email=email),
        ),
        moved_by(
            ngettext_lazy("%d thing held or reserved", "%d things held or reserved"),
            lambda person: Piece.objects.filter(held_for=person),
            "held_for",
        ),
        moved_by(
            ngettext_lazy("%d question", "%d questions"),
            lambda person: Question.objects.filter(customer=person),
            guest=lambda email: Question.objects.filter(customer=None, email=email),
        ),
    ]
)
