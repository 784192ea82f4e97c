"""What is held and ends today, for the front desk."""

from django.utils.translation import ngettext_lazy

from bag.models import Hold, ShippingRequest
from desk.rows import Row, Urgency

HOLDS = "bag_hold_changelist"
KEEPING = ("bag.change_hold",)

ROWS = [
    Row(
        name="shipping-requests",
        label=ngettext_lazy(
            "thing of which somebody asks what sending it costs",
            "things of which somebody asks what sending them costs",
        ),
        rows=lambda user: ShippingRequest.objects.unanswered(),
        page="bag_shippingrequest_changelist",
        query="?answered=no",
        permissions=("bag.change_shippingrequest",),
        urgency=Urgency.SOMEBODY_WAITS,
        since="asked_at",
    ),
    Row(
        name="reservations",
        label=ngettext_lazy(
            "reservation of staff that ends today", "reservations of staff that end today"
        ),
        rows=lambda user: Hold.objects.held().reserved().ending_today(),
        page=HOLDS,
        query="?holder=reserved&ends=today",
        permissions=KEEPING,
        urgency=Urgency.WORK,
        since="held_until",
        is_until=True,
    ),
    Row(
        name="holds",
        label=ngettext_lazy(
            "thing in a bag, or kept for the next in line, until today",
            "things in bags, or kept for the next in line, until today",
        ),
        rows=lambda user: Hold.objects.held().unreserved().ending_today(),
        page=HOLDS,
        query="?holder=others&ends=today",
        permissions=KEEPING,
        urgency=Urgency.TO_FOLLOW_UP,
        since="held_until",
        is_until=True,
    ),
]
