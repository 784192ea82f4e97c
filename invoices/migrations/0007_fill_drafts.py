from decimal import ROUND_HALF_UP, Decimal

from django.db import migrations

from store.models.order import new_secret

# How an order that was marked as paid was paid, as far as anybody knows.
METHODS = {"transfer": "transfer", "shop": "cash"}


def fill(apps, schema_editor):
    """Give the drafts that are there their address, lines, total and payments."""
    profile = apps.get_model("store", "ShopProfile").objects.first()
    rate = profile.tax_rate if profile else Decimal("19.00")
    for invoice in apps.get_model("invoices", "Invoice").objects.iterator():
        invoice.secret = new_secret()
        if invoice.order_id:
            fill_order(apps, invoice, rate)
        invoice.total = sum(
            (cents(line.quantity * line.price) for line in invoice.lines.all()), Decimal(0)
        )
        invoice.save(update_fields=["secret", "total"])


def fill_order(apps, invoice, rate):
    Line = apps.get_model("invoices", "InvoiceLine")
    order = invoice.order
    for line in order.lines.select_related("piece__item"):
        scheme = line.piece.item.tax_scheme
        shared = {"invoice": invoice, "piece": line.piece, "scheme": scheme}
        shared["tax_rate"] = Decimal(0) if scheme == "zero" else rate
        name = f"{line.title} ({line.piece.stock_number})"[:200]
        Line.objects.create(description=name, price=line.price, **shared)
        if line.shipping:
            Line.objects.create(
                description=f"Shipping: {line.title}"[:200], price=line.shipping, **shared
            )
    amount = sum((line.price + line.shipping for line in order.lines.all()), Decimal(0))
    if order.paid_at and amount:
        apps.get_model("invoices", "Payment").objects.create(
            invoice=invoice,
            amount=amount,
            method=METHODS[order.payment_method],
            received_on=order.paid_at.date(),
        )


def cents(amount):
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def empty(apps, schema_editor):
    """Leave the drafts of orders as they were: without lines. Issued ones stay as they are."""
    if apps.get_model("invoices", "Invoice").objects.exclude(number=None).exists():
        raise RuntimeError("There are issued invoices: there is no way back.")
    apps.get_model("invoices", "InvoiceLine").objects.exclude(invoice__order=None).delete()
    apps.get_model("invoices", "Payment").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("invoices", "0006_issued_invoices")]

    operations = [migrations.RunPython(fill, empty, elidable=False)]
