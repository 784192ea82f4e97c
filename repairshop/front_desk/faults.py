"""What went wrong in the program, for the front desk of who runs the shop."""

from django.utils.translation import ngettext_lazy

from desk.rows import Row, Urgency
from repairshop.models import Fault

ROWS = [
    Row(
        name="faults",
        label=ngettext_lazy(
            "place where the program has failed: delete it when it is dealt with",
            "places where the program has failed: delete them when they are dealt with",
        ),
        rows=lambda user: Fault.objects.all(),
        page="repairshop_fault_changelist",
        query="",
        permissions=("repairshop.view_fault",),
        urgency=Urgency.TO_FOLLOW_UP,
        since="last_at",
    ),
]
