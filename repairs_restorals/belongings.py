"""What of the workshop goes along when two records of one person are joined."""

from django.utils.translation import ngettext_lazy

from accounts.joining import BELONGINGS, moved_by
from repairs_restorals.models import ServiceTicket

BELONGINGS.append(
    moved_by(
        ngettext_lazy("%d ticket", "%d tickets"),
        lambda person: ServiceTicket.objects.filter(customer=person),
    )
)
