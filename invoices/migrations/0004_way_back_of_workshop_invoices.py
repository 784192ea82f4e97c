from django.db import migrations


def stay(apps, schema_editor):
    """Tickets that are there already get theirs from `manage.py open_missing_invoices`."""


def remove_drafts(apps, schema_editor):
    """Before the way back of 0003, which knows invoices of orders only.

    A draft is written anew by `open_missing_invoices`; one with a number may never be lost.
    It is a migration of its own, for PostgreSQL alters no table that has rows pending.
    """
    of_tickets = apps.get_model("invoices", "Invoice").objects.filter(order=None)
    if issued := of_tickets.exclude(number=None).count():
        raise RuntimeError(f"{issued} workshop invoices are issued: there is no way back.")
    of_tickets.delete()


class Migration(migrations.Migration):
    dependencies = [("invoices", "0003_workshop_invoices")]

    operations = [migrations.RunPython(stay, remove_drafts, elidable=False)]
