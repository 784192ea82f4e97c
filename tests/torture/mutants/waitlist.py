"""Faults in the waiting list."""

from tests.torture.mutants.fault import Edit, Fault

SERVICES = "bag/services.py"

TURNS = "Whoever waits comes first, in turn"
WANTED = "Nobody in line gets a mail that is not wanted"

WAITING = "bag/tests/test_waitlist.py bag/tests/test_waitlist_joining.py"
MAILS = "tests/test_waitlist_mail.py"

FAULTS = [
    Fault(
        "taken although others wait",
        TURNS,
        WAITING,
        Edit(SERVICES, "left = max(0, len(found) - waiting)", "left = len(found)"),
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
]
