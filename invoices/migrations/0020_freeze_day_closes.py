from django.db import migrations

# What is refused, by the name of its trigger: a table, the columns ("" for all of them), and when.
CLOSED = "OLD.close_id IS NOT NULL"
PAYMENT = "invoice_id, amount, currency, method, received_on, at, close_id, to_close"
UPDATES = {
    "day_close_frozen": ("invoices_dayclose", "", ""),
    "closed_payment_frozen": ("invoices_payment", PAYMENT, CLOSED),
    "movement_frozen": ("invoices_cashmovement", "amount, currency, reason, actor_id, at", ""),
    "closed_movement_frozen": ("invoices_cashmovement", "close_id", CLOSED),
}
DELETES = {
    "day_close_kept": ("invoices_dayclose", "", ""),
    "closed_payment_kept": ("invoices_payment", "", CLOSED),
    "movement_kept": ("invoices_cashmovement", "", ""),
}
WORDS = "A day close and what it covers are never changed: enter what puts it right."
FUNCTION = f"""
CREATE FUNCTION invoices_refuse_change_of_close() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
TRIGGERS = [
    *((name, "UPDATE", *what) for name, what in UPDATES.items()),
    *((name, "DELETE", *what) for name, what in DELETES.items()),
]


def freeze(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    if is_postgresql:
        schema_editor.execute(FUNCTION)
        refuse = "EXECUTE FUNCTION invoices_refuse_change_of_close()"
    else:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for name, action, table, columns, when in TRIGGERS:
        of = f" OF {columns}" if columns else ""
        only = f" WHEN ({when})" if when else ""
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {action}{of} ON {table} FOR EACH ROW{only} {refuse}"
        )


def thaw(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for name, _action, table, _columns, _when in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if is_postgresql else ""))
    if is_postgresql:
        schema_editor.execute("DROP FUNCTION invoices_refuse_change_of_close()")


class Migration(migrations.Migration):
    dependencies = [("invoices", "0019_payments_before_day_closes")]

    operations = [migrations.RunPython(freeze, thaw, elidable=False)]
