"""Faults in numbers, balances, card payments and what ends an order."""

from tests.torture.mutants.fault import Edit, Fault

PAYING = "invoices/payments/card.py"
ISSUING = "invoices/documents/issuing.py"
INVOICE = "invoices/models/invoice.py"
CREDITING = "invoices/documents/credit_notes.py"
LEDGER = "invoices/payments/ledger.py"
TRANSITIONS = "invoices/orders/transitions.py"

ONCE = "12 Never charged twice"
ORDER = "13 Events in any order and number"
LATE = "14 Late money is never kept silently"
NUMBERS = "16 Numbers without a gap, frozen when issued"
BALANCE = "17 One balance to the cent"
UNLOCKED = "Nothing is locked while another machine is asked"
ONE_ORDER = "I3 one order per checkout"

CARDS = "tests/test_card_payments.py"
RACE = "tests/test_invoice_race.py"
ISSUED = "invoices/tests/test_issuing.py"

FAULTS = [
    Fault(
        "numbers whose series nobody locks",
        NUMBERS,
        RACE,
        Edit(
            ISSUING,
            "NumberSeries.objects.select_for_update().annotate(",
            "NumberSeries.objects.annotate(",
        ),
    ),
    Fault(
        "an issued invoice that may be saved",
        NUMBERS,
        ISSUED,
        Edit(INVOICE, "        if row and row.number:", "        if row and row.number == 0:"),
    ),
    Fault(
        "more credited than there is",
        BALANCE,
        ISSUED,
        Edit(CREDITING, "left.get(line, NOTHING))", "left.get(line, NOTHING) * 100)"),
        Edit(CREDITING, "if asked > charged:", "if asked > charged * 100:"),
    ),
    Fault(
        "booked again at each event",
        ORDER,
        CARDS,
        Edit(LEDGER, "entries[reference] - attempt.booked(reference)", "entries[reference]"),
    ),
    Fault(
        "an old answer taken for new",
        ORDER,
        RACE,
        Edit(
            PAYING,
            "    if attempt.version != version:\n        return False\n",
            "",
        ),
    ),
    Fault(
        "a message that nobody signed",
        ORDER,
        f"{CARDS} tests/test_stripe_standin.py",
        Edit(
            "invoices/payments/views.py",
            "    except BadSignature:\n        return HttpResponse(status=400)",
            "    except BadSignature:\n        return HttpResponse(status=200)",
        ),
    ),
    Fault(
        "money for nothing that stays here",
        LATE,
        CARDS,
        Edit(LEDGER, "        refund_excess(invoice, attempt)\n", "        pass\n"),
    ),
    Fault(
        "an order that ends while its page is open",
        LATE,
        CARDS,
        Edit(TRANSITIONS, "    close_payments(invoice_id=invoice.pk)\n    with", "    with"),
    ),
    Fault(
        "an attempt for every click",
        ONCE,
        CARDS,
        Edit(PAYING, "    if live := invoice.attempts.live().first():\n        return live\n", ""),
    ),
    Fault(
        "the event is believed",
        ORDER,
        CARDS,
        Edit(
            PAYING,
            "    attempt.state = next_state(attempt, facts)\n",
            "    attempt.state = State.PAID if event else next_state(attempt, facts)\n",
        ),
    ),
    Fault(
        "charged inside the lock",
        UNLOCKED,
        CARDS,
        Edit(PAYING, "def start_payment(", "@transaction.atomic\ndef start_payment("),
    ),
    Fault(
        "no UNIQUE of a checkout",
        ONE_ORDER,
        "tests/test_order_race.py",
        Edit(
            "store/migrations/0001_catalogue_pieces_orders.py",
            "fields=('bag_key', 'bag_round')",
            "fields=('bag_key', 'bag_round', 'secret')",
        ),
    ),
]
