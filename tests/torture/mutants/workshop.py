"""Faults in tickets, quotes and the invoices that are opened for them."""

from tests.torture.mutants.fault import Edit, Fault

APP = "repairs_restorals"
SERVICES = f"{APP}/services.py"
QUOTE_SERVICES = f"{APP}/quote_services.py"
TICKET = f"{APP}/models/ticket.py"
QUOTE = f"{APP}/models/quote.py"
MESSAGES = f"{APP}/models/messages.py"
PHOTOS = f"{APP}/models/photos.py"
VIEWS = f"{APP}/ticket_views.py"
RECEIVERS = "invoices/receivers.py"
BILLING = "invoices/documents/drafts.py"

ONE_INVOICE = "16 One invoice per ticket"
ONE_DECISION = "A quote is decided once, by who may, in time"
MINE = "Nobody sees what is not theirs"
TRANSITIONS = "A ticket moves as the table says"

BOOKS = "invoices/tests/test_workshop_invoices.py"
RACE = "tests/test_ticket_race.py"
QUOTES = f"{APP}/tests/test_quote_services.py"
LIFE = f"{APP}/tests/test_services.py"
SEEN = f"{APP}/tests/test_who_sees_what.py {APP}/tests/test_ticket_pages.py"

FAULTS = [
    Fault(
        "an invoice for every save of a ticket",
        ONE_INVOICE,
        BOOKS,
        Edit(
            RECEIVERS,
            "    if created and not raw:\n        Invoice.objects.get_or_create(ticket=instance)",
            "    if not raw:\n        Invoice.objects.create(ticket=instance)",
        ),
    ),
    Fault(
        "an invoice for a ticket of a fixture",
        ONE_INVOICE,
        BOOKS,
        Edit(RECEIVERS, "if created and not raw:", "if created:"),
    ),
    Fault(
        "a ticket although its invoice failed",
        ONE_INVOICE,
        BOOKS,
        Edit(
            TICKET,
            "        with transaction.atomic():\n            super()",
            "        if True:\n            super()",
        ),
    ),
    Fault(
        "repair opens without looking once more",
        ONE_INVOICE,
        RACE,
        Edit(
            BILLING,
            "    invoice, created = Invoice.objects.get_or_create(ticket=ticket)\n"
            "    if not created:\n        return None\n",
            "    invoice = Invoice.objects.create(ticket=ticket)\n",
        ),
    ),
    Fault(
        "repair forgets what was agreed",
        ONE_INVOICE,
        BOOKS,
        Edit(BILLING, "filter(state=Quote.State.ACCEPTED)", "filter(state=Quote.State.SENT)"),
    ),
    Fault(
        "lines of an earlier version stay",
        ONE_INVOICE,
        BOOKS,
        Edit(BILLING, "    invoice.lines.all().delete()\n", ""),
    ),
    Fault(
        "an issued invoice is written anew",
        ONE_INVOICE,
        BOOKS,
        Edit(BILLING, "    if not invoice.is_draft:\n        return invoice\n", ""),
    ),
    Fault(
        "an invoice filled without its lock",
        ONE_INVOICE,
        RACE,
        Edit(BILLING, "Invoice.objects.select_for_update().get", "Invoice.objects.get"),
    ),
    Fault(
        "quote decided without the lock",
        ONE_DECISION,
        RACE,
        Edit(
            SERVICES,
            "ServiceTicket.objects.select_for_update().get(pk=ticket_id)",
            "ServiceTicket.objects.get(pk=ticket_id)",
        ),
    ),
    Fault(
        "an expired quote is accepted",
        ONE_DECISION,
        QUOTES,
        Edit(
            QUOTE,
            "return self.state == self.State.SENT and not self.is_expired",
            "return self.state == self.State.SENT",
        ),
    ),
    Fault(
        "a quote of today is expired",
        ONE_DECISION,
        QUOTES,
        Edit(QUOTE, "self.valid_until < timezone", "self.valid_until <= timezone"),
    ),
    Fault(
        "a quote that was replaced is accepted",
        ONE_DECISION,
        QUOTES,
        Edit(
            QUOTE,
            "return self.state == self.State.SENT and not self.is_expired",
            "return self.state in {self.State.SENT, self.State.VOID} and not self.is_expired",
        ),
    ),
    Fault(
        "staff start beyond the limit",
        ONE_DECISION,
        QUOTES,
        Edit(QUOTE_SERVICES, "if limit is None or quote.total > limit:", "if limit is None:"),
    ),
    Fault(
        "staff start without a limit",
        ONE_DECISION,
        QUOTES,
        Edit(
            QUOTE_SERVICES,
            "if limit is None or quote.total > limit:",
            "if limit is not None and quote.total > limit:",
        ),
    ),
    Fault(
        "a sent quote is changed",
        ONE_DECISION,
        QUOTES,
        Edit(QUOTE, "        raise QuoteFrozen(quote)", "        return"),
    ),
    Fault(
        "a draft is changed while it is sent",
        ONE_DECISION,
        RACE,
        Edit(
            QUOTE,
            "    ServiceTicket.objects.select_for_update().filter(pk=quote.ticket_id).first()\n",
            "",
        ),
    ),
    Fault(
        "an accepted quote bills nothing",
        ONE_INVOICE,
        BOOKS,
        Edit(
            QUOTE_SERVICES,
            "        quote_accepted.send(sender=Quote, quote=quote, site=site)",
            "        pass",
        ),
    ),
    Fault(
        "internal notes are public",
        MINE,
        f"{LIFE} {SEEN}",
        Edit(MESSAGES, "return self.filter(internal=False)", "return self.all()"),
    ),
    Fault(
        "photos of internal notes are public",
        MINE,
        f"{LIFE} {SEEN}",
        Edit(PHOTOS, "return self.exclude(message__internal=True)", "return self.all()"),
    ),
    Fault(
        "the customer is mailed an internal note",
        MINE,
        LIFE,
        Edit(SERVICES, "if from_workshop and not internal:", "if from_workshop:"),
    ),
    Fault(
        "tickets of others are found",
        MINE,
        SEEN,
        Edit(
            VIEWS,
            "return ServiceTicket.objects.for_customer(self.customer)",
            "return ServiceTicket.objects.all()",
        ),
    ),
    Fault(
        "photos can be added to tickets of others",
        MINE,
        SEEN,
        Edit(
            f"{APP}/forms.py",
            "ServiceTicket.objects.for_customer(customer).open()",
            "ServiceTicket.objects.open()",
        ),
    ),
    Fault(
        "any move is made",
        TRANSITIONS,
        LIFE,
        Edit(
            "store/transitions.py",
            "if transition not in self.TRANSITIONS[self.standing]:",
            "if transition not in self.TRANSITIONS:",
        ),
    ),
    Fault(
        "staff agree by hand",
        TRANSITIONS,
        LIFE,
        Edit(
            SERVICES,
            "    if to in NOT_BY_HAND:\n        raise TransitionNotAllowed(ticket, to)\n",
            "",
        ),
    ),
    Fault(
        "agreed work is cancelled by a second quote",
        TRANSITIONS,
        LIFE,
        Edit(
            TICKET,
            'return not any(quote.state == "accepted" for quote in self.quotes.all())',
            "return True",
        ),
    ),
    Fault(
        "a quote outlives its cancelled ticket",
        TRANSITIONS,
        LIFE,
        Edit(
            SERVICES, "if to in {Status.ASSESSING, Status.CANCELLED}:", "if to == Status.ASSESSING:"
        ),
    ),
    Fault(
        "a second click files a second ticket",
        TRANSITIONS,
        LIFE,
        Edit(
            SERVICES,
            "            ticket.status = Status.SUBMITTED\n",
            "            ticket.status = Status.SUBMITTED\n"
            "            ticket.idempotency_key += str(ServiceTicket.objects.count())\n",
        ),
    ),
    Fault(
        "a closed ticket takes messages",
        TRANSITIONS,
        LIFE,
        Edit(SERVICES, "    if not ticket.is_open:\n        raise TicketClosed", "    return"),
    ),
    Fault(
        "tickets of two customers become one",
        MINE,
        LIFE,
        Edit(SERVICES, "if other.customer_id != kept.customer_id or not other", "if not other"),
    ),
]
