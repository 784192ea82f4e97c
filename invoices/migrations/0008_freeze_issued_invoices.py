from django.db import migrations

# The database itself refuses to change what is issued, whoever asks: a shell, another program.
POSTGRESQL = """
CREATE FUNCTION invoices_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An issued invoice is never changed: write a credit note.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER invoice_frozen BEFORE UPDATE OR DELETE ON invoices_invoice
    FOR EACH ROW WHEN (OLD.number IS NOT NULL) EXECUTE FUNCTION invoices_refuse_change();
CREATE FUNCTION invoices_check_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM invoices_invoice WHERE number IS NOT NULL AND (
        (TG_OP <> 'INSERT' AND id = OLD.invoice_id) OR (TG_OP <> 'DELETE' AND id = NEW.invoice_id)
    )) THEN
        RAISE EXCEPTION 'A line of an issued invoice is never changed: write a credit note.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER invoice_line_frozen BEFORE INSERT OR UPDATE OR DELETE ON invoices_invoiceline
    FOR EACH ROW EXECUTE FUNCTION invoices_check_line();
"""
POSTGRESQL_BACK = """
DROP TRIGGER invoice_line_frozen ON invoices_invoiceline;
DROP TRIGGER invoice_frozen ON invoices_invoice;
DROP FUNCTION invoices_check_line();
DROP FUNCTION invoices_refuse_change();
"""
REFUSED = "SELECT RAISE(ABORT, 'An issued invoice is never changed: write a credit note.')"
ISSUED = "SELECT 1 FROM invoices_invoice WHERE number IS NOT NULL AND id"
SQLITE = {
    "invoice_frozen_update": "UPDATE ON invoices_invoice WHEN OLD.number IS NOT NULL",
    "invoice_frozen_delete": "DELETE ON invoices_invoice WHEN OLD.number IS NOT NULL",
    "invoice_line_frozen_insert": (
        f"INSERT ON invoices_invoiceline WHEN EXISTS ({ISSUED} = NEW.invoice_id)"
    ),
    "invoice_line_frozen_update": (
        "UPDATE ON invoices_invoiceline "
        f"WHEN EXISTS ({ISSUED} IN (OLD.invoice_id, NEW.invoice_id))"
    ),
    "invoice_line_frozen_delete": (
        f"DELETE ON invoices_invoiceline WHEN EXISTS ({ISSUED} = OLD.invoice_id)"
    ),
}


def freeze(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
        return
    for name, when in SQLITE.items():
        schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {when} BEGIN {REFUSED}; END")


def thaw(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACK)
        return
    for name in SQLITE:
        schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("invoices", "0007_fill_drafts")]

    operations = [migrations.RunPython(freeze, thaw, elidable=False)]
