"""Faults in the outbox, in what sends it, and in what mails say."""

from tests.torture.mutants.fault import Edit, Fault

SENDING = "mail/sending.py"
LETTERS = "mail/letters.py"
MODEL = "mail/models.py"

NEVER_LOST = "15 Mail neither blocks nor vanishes"
ONCE = "A mail comes once"
NO_MORE = "A mail says no more than it is meant to"
STAFF = "Nobody reads or sends mails who may not"

SENT = "tests/test_outbox_senders.py"
SAYS = "accounts/tests/test_outbox.py"
SEEN = "accounts/tests/test_mail_admin.py"

FAULTS = [
    Fault(
        "a claim that keeps nobody out",
        ONCE,
        SENT,
        Edit(SENDING, "Mail.objects.due().filter(pk=pk)", "Mail.objects.queued().filter(pk=pk)"),
    ),
    Fault(
        "a Message-ID for every try",
        ONCE,
        SENT,
        Edit(SENDING, '"Message-ID": mail.message_id', '"Message-ID": new_message_id()'),
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
        "what somebody types is markup",
        NO_MORE,
        SAYS,
        Edit(LETTERS, "            return escape(line)", "            return line"),
    ),
    Fault(
        "a password link that staff can read",
        STAFF,
        SEEN,
        Edit(MODEL, "not self.sensitive and bool(self.text)", "bool(self.text)"),
    ),
]
