"""Faults in the waiting list."""

from tests.torture.mutants.fault import Edit, Fault

WAITLIST = "bag/waitlist/services.py"
SERVICES = "bag/services.py"
VIEWS = "bag/waitlist/views.py"

TURNS = "Whoever waits comes first, in turn"
WANTED = "Nobody in line gets a mail that is not wanted"

WAITING = "bag/tests/test_waitlist.py bag/tests/test_waitlist_joining.py"
PAGES = "bag/tests/test_waitlist_views.py"
MAILS = "tests/test_waitlist_mail.py"

FAULTS = [
    Fault(
        "taken although others wait",
        TURNS,
        WAITING,
        Edit(SERVICES, "left = max(0, len(found) - waiting)", "left = len(found)"),
    ),
    Fault(
        "ordered although others wait",
        TURNS,
        WAITING,
        Edit(SERVICES, "*available[: max(0, len(available) - waiting)]]", "*available]"),
    ),
    Fault(
        "the newest is served first",
        TURNS,
        WAITING,
        Edit(
            WAITLIST,
            'entries.waiting().select_for_update().order_by("pk")[: len(available)]',
            'entries.waiting().select_for_update().order_by("-pk")[: len(available)]',
        ),
    ),
    Fault(
        "a missed turn comes again",
        TURNS,
        WAITING,
        Edit(
            WAITLIST,
            "    entries.expired().update(state=State.EXPIRED, changed_at=Now())",
            "    entries.expired().update(state=State.WAITING, changed_at=Now())",
        ),
        Edit(
            WAITLIST,
            "    WaitlistEntry.objects.expired().update(state=State.EXPIRED, changed_at=Now())",
            "    WaitlistEntry.objects.expired().update(state=State.WAITING, changed_at=Now())",
        ),
    ),
    Fault(
        "who leaves keeps what was offered",
        TURNS,
        WAITING,
        Edit(
            WAITLIST,
            "    record_events(pieces, Kind.RELEASED)\n    pieces.update(**NO_HOLD)\n",
            "",
        ),
    ),
    Fault(
        "one more line than allowed",
        TURNS,
        WAITING,
        Edit(
            WAITLIST,
            "open().count() >= settings.WAITLIST_LIMIT",
            "open().count() > settings.WAITLIST_LIMIT",
        ),
    ),
    Fault(
        "a look takes what is offered",
        TURNS,
        PAGES,
        Edit(
            VIEWS,
            '    http_method_names = ["post"]\n\n'
            "    def post(self, request: HttpRequest, secret: str) -> HttpResponse:\n"
            '        entry = get_object_or_404(WaitlistEntry.objects.select_related("item"), ',
            '    http_method_names = ["get", "post"]\n\n'
            "    def get(self, request: HttpRequest, secret: str) -> HttpResponse:\n"
            "        return self.post(request, secret)\n\n"
            "    def post(self, request: HttpRequest, secret: str) -> HttpResponse:\n"
            '        entry = get_object_or_404(WaitlistEntry.objects.select_related("item"), ',
        ),
    ),
    Fault(
        "a look unsubscribes",
        WANTED,
        PAGES,
        Edit(
            VIEWS,
            '        return render(request, "bag/waitlist/unsubscribe.html", {"entry": entry})',
            "        return self.post(request, token)",
        ),
    ),
    Fault(
        "the same mail is sent twice",
        WANTED,
        MAILS,
        Edit(
            "bag/waitlist/mail.py",
            "    mine = WaitlistEntry.objects.to_notify().filter(",
            "    mine = WaitlistEntry.objects.filter(",
        ),
    ),
    Fault(
        "who has unsubscribed gets mail",
        WANTED,
        f"{WAITING} {MAILS}",
        Edit(
            "bag/waitlist/mail.py",
            "(mine.update(notified_at=Now()) and entry.is_mailed)",
            "mine.update(notified_at=Now())",
        ),
    ),
    Fault(
        "an address finds the place of whoever gave it",
        TURNS,
        WAITING,
        Edit(
            WAITLIST,
            "    if entry := visitor.open().filter(item=item).first():",
            "    mine = visitor | WaitlistEntry.objects.filter(email=email)\n"
            "    if entry := mine.open().filter(item=item).first():",
        ),
    ),
    Fault(
        "a network occupies the front of a line",
        TURNS,
        WAITING,
        Edit(
            WAITLIST,
            "network=where).count() >= ENTRIES_PER_NETWORK",
            "network=where).count() > ENTRIES_PER_NETWORK",
        ),
    ),
    Fault(
        "a mail is lost with its process",
        TURNS,
        MAILS,
        Edit("bag/waitlist/mail.py", "@transaction.atomic\ndef notify", "def notify"),
    ),
    Fault(
        "nobody leaves with a closed account",
        TURNS,
        WAITING,
        Edit("bag/receivers.py", "if not instance.is_active:", "if instance.pk is None:"),
    ),
    Fault(
        "unsubscribing leaves one line only",
        WANTED,
        WAITING,
        Edit(
            WAITLIST,
            "    leave_waitlists(WaitlistEntry.objects.of_address(entry.address))",
            "    leave_waitlist(entry=entry)",
        ),
    ),
    Fault(
        "nobody hears that it was sold",
        WANTED,
        f"{WAITING} {MAILS}",
        Edit(
            WAITLIST,
            "entries.waiting().update(state=State.SOLD, changed_at=Now(), notified_at=None)",
            "pass",
        ),
    ),
]
