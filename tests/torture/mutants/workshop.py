"""Faults in tickets, quotes and the invoices that are opened for them."""

from tests.torture.mutants.fault import Edit, Fault

APP = "repairs_restorals"
SERVICES = f"{APP}/services.py"
QUOTE = f"{APP}/models/quote.py"
MESSAGES = f"{APP}/models/messages.py"
VIEWS = f"{APP}/ticket_views.py"
RECEIVERS = "invoices/receivers.py"

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
        "internal notes are public",
        MINE,
        f"{LIFE} {SEEN}",
        Edit(MESSAGES, "return self.filter(internal=False)", "return self.all()"),
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
]
