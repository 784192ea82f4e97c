"""Faults in numbers, balances, card payments and what ends an order."""

from tests.torture.mutants.fault import Edit, Fault

PAYING = "invoices/payments/card.py"
ISSUING = "invoices/documents/issuing.py"
INVOICE = "invoices/models/invoice.py"
CREDITING = "invoices/documents/credit_notes.py"
LEDGER = "invoices/payments/ledger.py"
REFUNDS = "invoices/payments/refunds.py"
TRANSITIONS = "invoices/orders/transitions.py"
JOBS = "invoices/orders/jobs.py"

ONCE = "12 Never charged twice"
ORDER = "13 Events in any order and number"
LATE = "14 Late money is never kept silently"
NUMBERS = "16 Numbers without a gap, frozen when issued"
BALANCE = "17 One balance to the cent"

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
        "an invoice for what was cancelled",
        NUMBERS,
        ISSUED,
        Edit(
            ISSUING,
            "    if invoice.is_void or not invoice.lines.exists():",
            "    if not invoice.lines.exists():",
        ),
    ),
    Fault(
        "more credited than there is",
        BALANCE,
        ISSUED,
        Edit(CREDITING, "amount > left.get(line, 0)", "amount > left.get(line, 0) * 100"),
    ),
    Fault(
        "a balance that knows no credit notes",
        BALANCE,
        ISSUED,
        Edit(INVOICE, "        return self.total - self.credited", "        return self.total"),
    ),
    Fault(
        "a tax line for the margin scheme",
        BALANCE,
        ISSUED,
        Edit(INVOICE, "if line.scheme == Item.TaxScheme.STANDARD]", "if line.scheme]"),
    ),
    Fault(
        "a deposit that is asked for twice",
        BALANCE,
        CARDS,
        Edit(INVOICE, "min(self.deposit, self.payable) - self.paid)", "self.deposit)"),
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
        "a failed refund that stays booked",
        ORDER,
        f"{CARDS} tests/test_stripe_standin.py",
        Edit("invoices/payments/stripe_client.py", '{"failed", "canceled"}', '{"canceled"}'),
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
        "a page that is only looked at and not closed",
        LATE,
        CARDS,
        Edit(PAYING, '    if close and facts.status == "open":', "    if False:"),
    ),
    Fault(
        "an order that ends while Stripe is silent",
        LATE,
        CARDS,
        Edit(PAYING, "            raise StillPayable from failure", "            continue"),
        Edit(TRANSITIONS, "        if invoice.attempts.live().exists():", "        if False:"),
    ),
    Fault(
        "an order that ends under a click",
        LATE,
        CARDS,
        Edit(TRANSITIONS, "        if invoice.attempts.live().exists():", "        if False:"),
    ),
    Fault(
        "led to a page of another amount while Stripe is silent",
        BALANCE,
        CARDS,
        Edit(PAYING, "            raise StillPayable from failure", "            continue"),
    ),
    Fault(
        "an attempt for every click",
        ONCE,
        CARDS,
        Edit(PAYING, "    if live := invoice.attempts.live().first():\n        return live\n", ""),
    ),
    Fault(
        "a refund that nobody looks for before it is sent again",
        ONCE,
        CARDS,
        Edit(REFUNDS, "stripe_id = was_tried and find_refund(refund)", 'stripe_id = ""'),
    ),
    Fault(
        "led to pay after the end",
        LATE,
        CARDS,
        Edit(PAYING, "invoice.due_now <= 0 or is_over(invoice)", "invoice.due_now <= 0"),
    ),
    Fault(
        "time that has run out given back",
        "5 The rules of a hold",
        CARDS,
        Edit(TRANSITIONS, "order.lines.filter(held_until__gt=Now())", "order.lines.all()"),
    ),
    Fault(
        "work before its deposit",
        BALANCE,
        CARDS,
        Edit("invoices/receivers.py", "        raise WorkRefused\n", "        return\n"),
    ),
    Fault(
        "an order in part paid that ends",
        LATE,
        CARDS,
        Edit(JOBS, "    return waiting.filter(invoice__payments=None)", "    return waiting"),
    ),
    Fault(
        "reminders without end",
        LATE,
        CARDS,
        Edit(
            JOBS,
            "    if invoice.events.filter(kind=Kind.REMINDED).exists() or order.paid_at:\n"
            "        return False\n",
            "",
        ),
        Edit(JOBS, "early.exclude(invoice__in=reminded)", "early"),
        Edit(JOBS, "    reminded = Invoice.objects.filter(events__kind=Kind.REMINDED)\n", ""),
    ),
]
