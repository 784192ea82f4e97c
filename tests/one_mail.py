"""Watches all tests for two mails to one person about one act, which is one transaction."""

from collections import defaultdict
from typing import Any

from django.db import connection

from mail.models import Mail

# What becomes of money at a bank is an act of its own, even if Stripe tells us of it together
# with the payment, or when what is paid for is gone.
OF_A_BANK = {
    f"invoices.{name}" for name in ("refund", "refund_shop", "refund_failed_shop", "dispute_shop")
}


class Acts:
    """Which mails each act has written, by who gets them."""

    def __init__(self) -> None:
        self.mails: defaultdict[tuple[str, str], list[str]] = defaultdict(list)

    def note(self, instance: Mail, created: bool, **kwargs: Any) -> None:
        act = act_now()
        if created and act and instance.event not in OF_A_BANK:
            self.mails[act, instance.to].append(instance.event)

    @property
    def several(self) -> list[list[str]]:
        return [events for events in self.mails.values() if len(events) > 1]


def act_now() -> str | None:
    """The savepoint that stands for the transaction there would be without the test's own."""
    of_test = sum(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)
    found = connection.savepoint_ids[of_test - 1 :] if of_test else []
    return found[0] if found else None
