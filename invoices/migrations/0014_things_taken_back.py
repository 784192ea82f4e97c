"""Say of things that were ordered which of them credit notes have taken back whole."""

from decimal import Decimal
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def sum_of(lines: Any) -> Decimal:
    return sum((line.quantity * line.price for line in lines), Decimal(0))


def mark(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    OrderLine = apps.get_model("store", "OrderLine")
    billed = apps.get_model("invoices", "Invoice").objects.filter(order__isnull=False)
    for invoice in billed.filter(credit_notes__isnull=False).distinct().iterator():
        seen = set()
        # The line of a thing comes before that of its shipping.
        for line in invoice.lines.filter(piece__isnull=False).order_by("pk"):
            if line.piece_id in seen:
                continue
            seen.add(line.piece_id)
            taken = sum_of(line.corrections.all())
            if taken and not round(sum_of([line]) + taken, 3):
                ordered = OrderLine.objects.filter(order=invoice.order_id, piece=line.piece_id)
                ordered.update(taken_back_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0013_orders_follow_their_money"),
        ("store", "0024_things_taken_off_orders"),
    ]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
