"""Say of orders from before whether all of it was taken back, or money of it is owed again."""

from decimal import Decimal

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Sum
from django.utils import timezone


def follow(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    Order = apps.get_model("store", "Order")
    billed = apps.get_model("invoices", "Invoice").objects.filter(order__paid_at__isnull=False)
    for invoice in billed.exclude(number=None).iterator():
        credited = -(invoice.credit_notes.aggregate(sum=Sum("total"))["sum"] or Decimal(0))
        paid = invoice.payments.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
        left = round(invoice.total - credited, 3)
        order = Order.objects.filter(pk=invoice.order_id)
        if credited and not left:
            order.update(taken_back_at=timezone.now())
        elif round(left - paid, 3) > 0:
            order.update(owed_since=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0012_papers_keep_their_currency"),
        ("store", "0019_what_came_back"),
    ]

    operations = [migrations.RunPython(follow, migrations.RunPython.noop)]
