"""What of the shop goes along when two records of one person are joined."""

from django.db.models import QuerySet
from django.utils.translation import ngettext_lazy

from accounts.joining import BELONGINGS, moved_by
from accounts.phones import of_phone
from store.models import Order, Piece, Question
from typed.phones import significant_digits


def orders_of_guest(known_by: str) -> QuerySet[Order]:
    """Of an address, or of a phone alone: the same number, not one that only ends alike."""
    of_guests = Order.objects.filter(customer=None)
    if "@" in known_by:
        return of_guests.filter(email=known_by)
    if not significant_digits(known_by):
        return of_guests.none()
    return of_phone(of_guests.filter(email=""), "phone", known_by)


BELONGINGS.extend(
    [
        moved_by(
            ngettext_lazy("%d order", "%d orders"),
            lambda person: Order.objects.filter(customer=person),
            guest=orders_of_guest,
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
