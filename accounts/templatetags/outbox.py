from django import template
from django.db.models import Count, Max, Q

from accounts.models import Mail, User

register = template.Library()


@register.simple_tag
def troubled_mails(user: User) -> dict[str, int | str]:
    """How many mails could not be sent, and how many wait after a try in vain, and why."""
    stuck = Q(state=Mail.State.QUEUED) & ~Q(last_error="")
    found: dict[str, int | str] = Mail.objects.for_staff(user).aggregate(
        failed=Count("pk", filter=Q(state=Mail.State.FAILED)),
        waiting=Count("pk", filter=stuck),
        error=Max("last_error", filter=stuck),
    )
    return found
