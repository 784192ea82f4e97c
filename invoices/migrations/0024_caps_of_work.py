from babel.core import get_global
from django.db import migrations

# The database itself refuses to bill more for work than the higher of the customer's limit and the
# quote that was accepted last. It reads both where they stand, so that the version before needs to
# know nothing of it. Not on SQLite: there, a trigger that asks other tables stops each later
# migration that makes one of those anew; the program alone refuses it.
DECIMALS = {code: most[0] for code, most in get_global("currency_fractions").items()}
OTHERS = "".join(
    f" WHEN '{code}' THEN {decimals}"
    for code, decimals in sorted(DECIMALS.items())
    if decimals != 2 and len(code) == 3
)
CHECK = f"""
CREATE FUNCTION invoices_check_cap() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed numeric;
    accepted bigint;
    agreed numeric;
BEGIN
    SELECT go_ahead_limit INTO allowed FROM repairs_restorals_serviceticket
        WHERE id = NEW.ticket_id;
    SELECT id INTO accepted FROM repairs_restorals_quote
        WHERE ticket_id = NEW.ticket_id AND state = 'accepted'
        ORDER BY decided_at DESC NULLS LAST, id DESC LIMIT 1;
    SELECT COALESCE(SUM(ROUND(line.quantity * line.price,
        CASE quote.currency{OTHERS} ELSE 2 END)), 0) INTO agreed
        FROM repairs_restorals_quote quote
        LEFT JOIN repairs_restorals_quoteline line ON line.quote_id = quote.id
        WHERE quote.id = accepted;
    IF accepted IS NULL THEN
        agreed := NULL;
    END IF;
    IF NEW.total > GREATEST(allowed, agreed) THEN
        RAISE EXCEPTION 'Work is not billed above what the customer has allowed or accepted.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoice_within_cap BEFORE INSERT OR UPDATE ON invoices_invoice FOR EACH ROW
    WHEN (NEW.number IS NOT NULL AND NEW.ticket_id IS NOT NULL)
    EXECUTE FUNCTION invoices_check_cap();
"""
BACK = """
DROP TRIGGER invoice_within_cap ON invoices_invoice;
DROP FUNCTION invoices_check_cap();
"""


def check(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CHECK)


def let_pass(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BACK)


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0023_seals_and_parts_done"),
        ("repairs_restorals", "0013_wish_beside_the_limit"),
    ]

    operations = [migrations.RunPython(check, let_pass, elidable=False)]
