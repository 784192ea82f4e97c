from django import template

from invoices.models import Invoice, Refund
from invoices.payments.alerts import open_disputes, stuck_refunds

register = template.Library()


@register.simple_tag
def money_alerts() -> dict[str, int]:
    """How many invoices and refunds need somebody to look at them now."""
    return {
        "without_goods": Invoice.objects.money_without_goods().count(),
        "refused": stuck_refunds().filter(state=Refund.State.FAILED).count(),
        "disputed": open_disputes().count(),
        "overdue": Invoice.objects.overdue().count(),
    }
