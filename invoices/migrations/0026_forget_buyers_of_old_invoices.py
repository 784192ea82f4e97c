from django.db import migrations

# Whose an invoice was may be taken out of it once no law on books asks for it. The shop counts by
# the law of its country; the database lets nobody do it before the shortest of those times, and
# lets nothing else of what is issued be changed then.
SHORTEST_YEARS = 5
POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION invoices_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.issued_at < now() - interval '{SHORTEST_YEARS} years'
        AND to_jsonb(NEW) - 'snapshot' - 'reason' = to_jsonb(OLD) - 'snapshot' - 'reason' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'An issued invoice is never changed: write a credit note.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
POSTGRESQL_BACK = """
CREATE OR REPLACE FUNCTION invoices_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An issued invoice is never changed: write a credit note.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
NAME = "invoice_frozen_update"
KEPT = [
    *("id", "order_id", "ticket_id", "corrects_id", "secret", "number", "issued_at", "due_on"),
    *("total", "deposit", "currency", "site", "created_at"),
]
SAME = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in KEPT)
OLD_ENOUGH = f"OLD.issued_at < datetime('now', '-{SHORTEST_YEARS} years')"
REFUSED = "SELECT RAISE(ABORT, 'An issued invoice is never changed: write a credit note.')"
SQLITE = f"""
CREATE TRIGGER {NAME} BEFORE UPDATE ON invoices_invoice
    WHEN OLD.number IS NOT NULL AND NOT ({OLD_ENOUGH} AND {SAME}) BEGIN {REFUSED}; END
"""
SQLITE_BACK = f"""
CREATE TRIGGER {NAME} BEFORE UPDATE ON invoices_invoice
    WHEN OLD.number IS NOT NULL BEGIN {REFUSED}; END
"""


def let_old_ones_forget(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
        return
    schema_editor.execute(f"DROP TRIGGER {NAME}")
    schema_editor.execute(SQLITE)


def keep_all(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACK)
        return
    schema_editor.execute(f"DROP TRIGGER {NAME}")
    schema_editor.execute(SQLITE_BACK)


class Migration(migrations.Migration):
    dependencies = [("invoices", "0025_lines_at_reduced_rates")]

    operations = [migrations.RunPython(let_old_ones_forget, keep_all, elidable=False)]
