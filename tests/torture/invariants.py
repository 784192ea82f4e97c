"""What must be true of the database after every row, asked in plain SQL wherever it can be.

The numbers are those of the shop's promises.
"""

from collections.abc import Iterator

from django.db import connection

from store.models import Piece
from tests.processes import wait_until
from tests.torture import history
from tests.torture.run import Result

# Each counts what must not be.
NEVER = {
    "I1 every piece is in exactly one state": """
        SELECT count(*) FROM store_piece WHERE 1 <>
            (sold_at IS NOT NULL)::int
            + (sold_at IS NULL AND order_id IS NOT NULL)::int
            + (withdrawn_at IS NOT NULL)::int
            + (held_by IS NOT NULL AND held_until > now())::int
            + (sold_at IS NULL AND order_id IS NULL AND withdrawn_at IS NULL
                AND (held_by IS NULL OR held_until <= now()))::int""",
    "I1 a sold piece has exactly one paid order line": """
        SELECT count(*) FROM store_piece p WHERE sold_at IS NOT NULL AND 1 <> (
            SELECT count(*) FROM store_orderline l JOIN store_order o ON o.id = l.order_id
            WHERE l.piece_id = p.id AND o.paid_at IS NOT NULL)""",
    "I3 one order per checkout, none without lines": """
        SELECT (SELECT count(*) - count(DISTINCT (bag_key, bag_round)) FROM store_order)
            + (SELECT count(*) FROM store_order o WHERE NOT EXISTS (
                SELECT 1 FROM store_orderline l WHERE l.order_id = o.id))""",
    "I3 a piece is in one order that stands": """
        SELECT count(*) FROM (
            SELECT l.piece_id FROM store_orderline l JOIN store_order o ON o.id = l.order_id
            JOIN store_piece p ON p.id = l.piece_id
            WHERE o.state <> 'cancelled' AND NOT o.is_unconfirmed
            GROUP BY l.piece_id, p.order_id
            HAVING count(*) > 1 OR min(o.id) IS DISTINCT FROM p.order_id) wrong""",
    "I3 one confirmation mail per order": """
        SELECT count(*) FROM (SELECT about FROM accounts_mail
            WHERE event = 'invoices.placed' GROUP BY about HAVING count(*) > 1) twice""",
    "I4 one invoice per order": """
        SELECT count(*) FROM store_order o WHERE 1 <> (
            SELECT count(*) FROM invoices_invoice i WHERE i.order_id = o.id)""",
    "I4 one invoice per ticket": """
        SELECT count(*) FROM repairs_restorals_serviceticket t WHERE 1 <> (
            SELECT count(*) FROM invoices_invoice i WHERE i.ticket_id = t.id)""",
    "I4 an invoice's total is the sum of its lines": """
        SELECT count(*) FROM invoices_invoice i WHERE total <> (
            SELECT coalesce(sum(round(quantity * price, 2)), 0)
            FROM invoices_invoiceline l WHERE l.invoice_id = i.id)""",
    "I4 issued numbers have no gap": """
        SELECT count(*) FROM invoices_numberseries s WHERE last <> (
            SELECT count(*) FROM invoices_invoice
            WHERE number LIKE s.prefix || s.year || '-%%')""",
    "I2 a paid order is paid in our books, a cancelled one is not": """
        SELECT count(*) FROM store_order o JOIN invoices_invoice i ON i.order_id = o.id
        CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS paid
            FROM invoices_payment p WHERE p.invoice_id = i.id) AS sums
        WHERE (o.state = 'cancelled' AND paid <> 0 AND NOT EXISTS (
            SELECT 1 FROM invoices_refund r JOIN invoices_paymentattempt a ON a.id = r.attempt_id
            WHERE a.invoice_id = i.id AND r.state = 'pending'))""",
    "every event can follow the one before it": history.IMPOSSIBLE,
    "the history of each piece ends where it is": history.ENDS_ELSEWHERE,
}
NOTHING_LAPSED_COUNTS = "I5 no hold counts after its time"
PROMISES = [*NEVER, NOTHING_LAPSED_COUNTS]
HELD_TOO_LONG = """
    SELECT id FROM store_piece WHERE held_until <= now()
        AND order_id IS NULL AND sold_at IS NULL AND withdrawn_at IS NULL"""

# A shop's connections have a name of their own, see `shop.shop`.
SHOPS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'torture'"""
END_OTHERS = """
    SELECT count(pg_terminate_backend(pid, 30000)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'"""
SECONDS_TO_END = 30


def check() -> Iterator[Result]:
    for promise, query in NEVER.items():
        [[wrong]] = rows(query)
        yield Result(promise, f"{wrong} wrong of {Piece.objects.count():,} pieces", wrong == 0)
    lapsed = [pk for (pk,) in rows(HELD_TOO_LONG)]
    wrong = len(lapsed) - Piece.objects.available().filter(pk__in=lapsed).count()
    yield Result(NOTHING_LAPSED_COUNTS, f"{wrong} of {len(lapsed)} lapsed", wrong == 0)


def clear() -> None:
    """Empty the shop, so that what a control has left is not taken for a fault of the next row.

    Nobody else may be at the tables: whoever holds one of them and waits for another, while this
    does so the other way round, is a deadlock. A shop has to end by itself before, and what the
    database still does for processes that were killed is ended here.
    """
    wait_for_shops()
    rows(END_OTHERS)
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE store_item, store_order, accounts_mail, django_session, "
            "invoices_numberseries CASCADE"
        )


def wait_for_shops() -> None:
    """Raise RuntimeError when one goes on."""
    try:
        wait_until(lambda: rows(SHOPS) == [(0,)], seconds=SECONDS_TO_END)
    except AssertionError:
        raise RuntimeError("A shop is still open that was to be emptied.") from None


def rows(query: str) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: list[tuple[int, ...]] = cursor.fetchall()
        return found
