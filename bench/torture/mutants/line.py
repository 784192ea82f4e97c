"""Faults in the line of those who wait."""

from bench.torture.mutants.fault import Edit, Fault

LINE = "bag/line.py"
SERVICES = "bag/services.py"
VIEWS = "bag/line_views.py"

TURNS = "Whoever waits comes first, in turn"
WANTED = "Nobody in line gets a mail that is not wanted"

WAITING = "bag/tests/test_line.py bag/tests/test_line_joining.py"
PAGES = "bag/tests/test_line_views.py"
MAILS = "tests/test_line_mail.py"

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
        Edit(SERVICES, "*free[: max(0, len(free) - waiting)]]", "*free]"),
    ),
    Fault(
        "the newest is served first",
        TURNS,
        WAITING,
        Edit(
            LINE,
            'places.waiting().select_for_update().order_by("pk")[: len(free)]',
            'places.waiting().select_for_update().order_by("-pk")[: len(free)]',
        ),
    ),
    Fault(
        "a missed turn comes again",
        TURNS,
        WAITING,
        Edit(
            LINE,
            "    places.missed().update(state=State.MISSED, changed_at=Now())",
            "    places.missed().update(state=State.WAITING, changed_at=Now())",
        ),
        Edit(
            LINE,
            "    PlaceInLine.objects.missed().update(state=State.MISSED, changed_at=Now())",
            "    PlaceInLine.objects.missed().update(state=State.WAITING, changed_at=Now())",
        ),
    ),
    Fault(
        "who leaves keeps what was offered",
        TURNS,
        WAITING,
        Edit(
            LINE,
            "    record(pieces, Kind.RELEASED)\n    pieces.update(**NO_HOLD)\n",
            "",
        ),
    ),
    Fault(
        "one more line than allowed",
        TURNS,
        WAITING,
        Edit(LINE, "open().count() >= settings.LINE_LIMIT", "open().count() > settings.LINE_LIMIT"),
    ),
    Fault(
        "a look takes what is offered",
        TURNS,
        PAGES,
        Edit(
            VIEWS,
            '    http_method_names = ["post"]\n\n'
            "    def post(self, request: HttpRequest, secret: str) -> HttpResponse:\n"
            '        place = get_object_or_404(PlaceInLine.objects.select_related("item"), ',
            '    http_method_names = ["get", "post"]\n\n'
            "    def get(self, request: HttpRequest, secret: str) -> HttpResponse:\n"
            "        return self.post(request, secret)\n\n"
            "    def post(self, request: HttpRequest, secret: str) -> HttpResponse:\n"
            '        place = get_object_or_404(PlaceInLine.objects.select_related("item"), ',
        ),
    ),
    Fault(
        "a look unsubscribes",
        WANTED,
        PAGES,
        Edit(
            VIEWS,
            '        return render(request, "bag/place_stop.html", {"place": place_to_stop(stop)})',
            "        return self.post(request, stop)",
        ),
    ),
    Fault(
        "the same mail is sent twice",
        WANTED,
        MAILS,
        Edit(
            "bag/mail.py",
            "    mine = PlaceInLine.objects.untold().filter(",
            "    mine = PlaceInLine.objects.filter(",
        ),
    ),
    Fault(
        "who has unsubscribed gets mail",
        WANTED,
        f"{WAITING} {MAILS}",
        Edit(
            "bag/mail.py",
            "(mine.update(told_at=Now()) and place.is_mailed)",
            "mine.update(told_at=Now())",
        ),
    ),
    Fault(
        "an address finds the place of whoever gave it",
        TURNS,
        WAITING,
        Edit(
            LINE,
            "    if place := visitor.open().filter(item=item).first():",
            "    mine = visitor | PlaceInLine.objects.filter(email=email)\n"
            "    if place := mine.open().filter(item=item).first():",
        ),
    ),
    Fault(
        "a network occupies the front of a line",
        TURNS,
        WAITING,
        Edit(LINE, "network=where).count() >= NEIGHBOURS", "network=where).count() > NEIGHBOURS"),
    ),
    Fault(
        "a mail is lost with its process",
        TURNS,
        MAILS,
        Edit("bag/mail.py", "@transaction.atomic\ndef tell", "def tell"),
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
            LINE,
            "    leave_lines(PlaceInLine.objects.of_address(place.address))",
            "    leave_line(place=place)",
        ),
    ),
    Fault(
        "nobody hears that it was sold",
        WANTED,
        f"{WAITING} {MAILS}",
        Edit(
            LINE,
            "        places.waiting().update(state=State.SOLD, changed_at=Now(), told_at=None)",
            "        pass",
        ),
    ),
]
