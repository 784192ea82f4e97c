"""Faults in the outbox, in what sends it, and in what mails say."""

from tests.torture.mutants.fault import Edit, Fault

OUTBOX = "mail/outbox.py"
SENDING = "mail/sending.py"
WORDING = "mail/wordings.py"
MODEL = "mail/models.py"
ADMIN = "mail/admin/mails.py"
ACTIONS = "invoices/documents/actions.py"
JOBS = "invoices/orders/jobs.py"
ORDERS = "invoices/orders/transitions.py"
TOLD = "invoices/mail/invoices.py"

NEVER_LOST = "15 Mail neither blocks nor vanishes"
ONCE = "A mail comes once"
NO_MORE = "A mail says no more than it is meant to"
STAFF = "Nobody reads or sends mails who may not"

SENT = "tests/test_outbox_senders.py"
SAYS = "accounts/tests/test_outbox.py"
SEEN = "accounts/tests/test_mail_admin.py"
MOVES = "invoices/tests/test_order_transitions.py"
RACE = "tests/test_invoice_race.py"
PAGE = "invoices/tests/test_admin_invoice_page.py"
PAGES = "invoices/tests/test_invoice_views.py"
WAITLIST = "tests/test_waitlist_mail.py"

FAULTS = [
    Fault(
        "a claim that keeps nobody out",
        ONCE,
        SENT,
        Edit(SENDING, "Mail.objects.due().filter(pk=pk)", "Mail.objects.queued().filter(pk=pk)"),
    ),
    Fault(
        "claims that others do not see yet",
        ONCE,
        SENT,
        Edit(
            SENDING,
            "from django.db.models import F\n",
            "from django.db import transaction\nfrom django.db.models import F\n",
        ),
        Edit(SENDING, "def send_all(", "@transaction.atomic\ndef send_all("),
    ),
    Fault(
        "a claim that is over at once",
        ONCE,
        SENT,
        Edit(MODEL, "LEASE = timedelta(minutes=5)", "LEASE = timedelta(0)"),
    ),
    Fault(
        "a claim that nobody gives back",
        NEVER_LOST,
        SENT,
        Edit(MODEL, "Q(claimed_until=None) | Q(claimed_until__lte=Now())", "Q(claimed_until=None)"),
    ),
    Fault(
        "late news of a claim that has run out",
        ONCE,
        SENT,
        Edit(SENDING, "filter(pk=mail.pk, tries=mail.tries)", "filter(pk=mail.pk)"),
    ),
    Fault(
        "a Message-ID for every try",
        ONCE,
        SENT,
        Edit(SENDING, '"Message-ID": mail.message_id', '"Message-ID": new_message_id()'),
    ),
    Fault(
        "a Message-ID that a mail program knows already",
        NEVER_LOST,
        SENT,
        Edit(SENDING, ', "last_error": "", "message_id": new_message_id()}', ', "last_error": ""}'),
    ),
    Fault(
        "written down as sent before it is",
        NEVER_LOST,
        SENT,
        Edit(
            SENDING,
            "    try:\n        if not server.send_messages([message]):",
            "    record_success(mail)\n    try:\n        if not server.send_messages([message]):",
        ),
    ),
    Fault(
        "a busy server taken for one that refuses",
        NEVER_LOST,
        SENT,
        Edit(SENDING, "REFUSED = 500", "REFUSED = 400"),
    ),
    Fault(
        "a refusal that is not believed",
        NEVER_LOST,
        SENT,
        Edit(SENDING, "return failure.smtp_code >= REFUSED", "return False"),
    ),
    Fault(
        "pauses that do not grow",
        NEVER_LOST,
        SENT,
        Edit(SENDING, "PAUSES[min(mail.tries, len(PAUSES)) - 1]", "PAUSES[0]"),
    ),
    Fault(
        "no pause after the last one in the list",
        NEVER_LOST,
        SENT,
        Edit(SENDING, "PAUSES[min(mail.tries, len(PAUSES)) - 1]", "PAUSES[mail.tries - 1]"),
    ),
    Fault(
        "tried for ever",
        NEVER_LOST,
        SENT,
        Edit(
            MODEL,
            "Q(queued_at__lte=Now() - GIVE_UP) | Q(useful_until__lte=Now())",
            "Q(useful_until__lte=Now())",
        ),
    ),
    Fault(
        "news of a turn that has gone by",
        NO_MORE,
        WAITLIST,
        Edit(
            MODEL,
            "Q(queued_at__lte=Now() - GIVE_UP) | Q(useful_until__lte=Now())",
            "Q(queued_at__lte=Now() - GIVE_UP)",
        ),
    ),
    Fault(
        "a server that is down is asked in every round",
        NEVER_LOST,
        SENT,
        Edit(SENDING, "update(next_try_at=Now() + PAUSE_OF_SERVER, ", "update("),
    ),
    Fault(
        "a server that hangs is waited for by every mail",
        NEVER_LOST,
        SENT,
        Edit(
            SENDING,
            "except ServerLost:\n                break",
            "except ServerLost:\n                pass",
        ),
    ),
    Fault(
        "a round without an end",
        NEVER_LOST,
        SENT,
        Edit(SENDING, "        if monotonic() > end:\n            break\n", ""),
    ),
    Fault(
        "one PDF that cannot be drawn keeps all mails",
        NEVER_LOST,
        SENT,
        Edit(
            SENDING,
            "must go.\n    except Exception as failure:",
            "must go.\n    except ValueError as failure:",
        ),
    ),
    Fault(
        "a PDF that is drawn while the customer waits",
        NEVER_LOST,
        SAYS,
        Edit(
            OUTBOX,
            "    mail.attachment = attachment\n",
            "    mail.attachment = attachment\n"
            "    if attachment:\n"
            '        producer, _colon, pk = attachment.partition(":")\n'
            "        PRODUCERS[producer](pk)\n",
        ),
    ),
    Fault(
        "an invoice that comes without its PDF",
        NEVER_LOST,
        PAGES,
        Edit(TOLD, 'WITH_PDF = {"deposit", "invoice", ', 'WITH_PDF = {"deposit", '),
    ),
    Fault(
        "written only after its transaction",
        NEVER_LOST,
        SAYS,
        Edit(
            OUTBOX,
            "from django.conf import settings\n",
            "from django.conf import settings\nfrom django.db import transaction\n",
        ),
        Edit(
            OUTBOX,
            "    mail.save(force_insert=True)",
            "    transaction.on_commit(lambda: mail.save(force_insert=True))",
        ),
    ),
    Fault(
        "an order that moves although its mail was not written",
        NEVER_LOST,
        MOVES,
        Edit(
            ORDERS,
            "        notify_about_order(order.pk, str(transition), site)\n        return order",
            "    notify_about_order(order.pk, str(transition), site)\n    return order",
        ),
    ),
    Fault(
        "one sent again and all others with it",
        ONCE,
        SENT,
        Edit(
            SENDING,
            'Mail.objects.filter(pk=mail_id).exclude(text="")',
            'Mail.objects.exclude(text="")',
        ),
    ),
    Fault(
        "two timers remind of one order",
        ONCE,
        RACE,
        Edit(
            JOBS,
            "Order.objects.select_for_update().get(pk=order_id)",
            "Order.objects.get(pk=order_id)",
        ),
    ),
    Fault(
        "a reminder for every click",
        ONCE,
        PAGE,
        Edit(
            ACTIONS,
            "    invoice = lock_version(invoice_id, version)\n    if not invoice.can_be_remind",
            "    invoice = Invoice.objects.get(pk=invoice_id)\n    if not invoice.can_be_remind",
        ),
    ),
    Fault(
        "a subject of several lines",
        NO_MORE,
        SAYS,
        Edit(
            WORDING,
            '" ".join(fill_in(self.subject, values).split())',
            "fill_in(self.subject, values).strip()",
        ),
    ),
    Fault(
        "what somebody types is markup",
        NO_MORE,
        SAYS,
        Edit(WORDING, "        return escape(line)", "        return line"),
    ),
    Fault(
        "what somebody types is a placeholder",
        NO_MORE,
        SAYS,
        Edit(
            WORDING,
            "fill_in(self.text, values)).strip()",
            "fill_in(fill_in(self.text, values), values)).strip()",
        ),
    ),
    Fault(
        "a link to a host that begins like the shop's",
        NO_MORE,
        SAYS,
        Edit(WORDING, 'match["url"].startswith(f"{site}/")', 'match["url"].startswith(site)'),
    ),
    Fault(
        "a wording that reaches into the settings",
        NO_MORE,
        SAYS,
        Edit(
            WORDING,
            "    return PLACEHOLDER.sub(lambda match: values[match[1].strip()], text)",
            "    return Template(text).render(Context({**values}, autoescape=False))",
        ),
    ),
    Fault(
        "a password link that stays in the outbox",
        NO_MORE,
        SENT,
        Edit(SENDING, '**done, last_error="", **wiped(mail))', '**done, last_error="")'),
    ),
    Fault(
        "a password link that staff can read",
        STAFF,
        SEEN,
        Edit(MODEL, "not self.sensitive and bool(self.text)", "bool(self.text)"),
    ),
    Fault(
        "mails of everybody for all staff",
        STAFF,
        SEEN,
        Edit(
            ADMIN,
            "Mail.objects.for_staff(cast(PermissionsMixin, request.user))",
            "Mail.objects.all()",
        ),
    ),
    Fault(
        "a look sends it again",
        STAFF,
        SEEN,
        Edit(
            ADMIN,
            "admin_view(require_POST(self.send_again_page))",
            "admin_view(self.send_again_page)",
        ),
    ),
]
