from django import template
from django.contrib.auth.models import PermissionsMixin
from django.db.models import Count, Max, Q

from mail.models import Mail

register = template.Library()


@register.simple_tag
def mail_alerts(user: PermissionsMixin) -> dict[str, int | str]:
    """How many mails could not be sent, and how many wait after a try in vain, and why."""
    stuck = Q(state=Mail.State.QUEUED) & ~Q(last_error="")
    found: dict[str, int | str] = Mail.objects.for_staff(user).aggregate(
        failed=Count("pk", filter=Q(state=Mail.State.FAILED)),
        waiting=Count("pk", filter=stuck),
        error=Max("last_error", filter=stuck),
    )
    return found
