from typing import Any, NamedTuple

from django.dispatch import Signal

# Sent within the transaction in which a quote is begun or sent, with `ticket`. Who listens may
# raise TicketBilled: then there is none.
quote_wanted = Signal()

# Sent within the transaction of the decision, with `quote` and `site`, by
# `quote_services.record_decision`: whoever bills listens, for the workshop does not know the books,
# and may answer with an Enclosure.
quote_accepted = Signal()

# Sent within the transaction of one by hand, with `ticket`, `to`, `actor` and `site`, by
# `services.transition_ticket`. Who listens may raise WorkRefused: then nothing was done; or answer
# with an Enclosure.
ticket_transitioned = Signal()


class Enclosure(NamedTuple):
    """What goes with the one mail that tells of something, of whoever listens to it.

    `words` are for the customer, with a `link` on a line of its own for what comes next; the
    `attachment` is that of `enqueue_mail`.
    """

    words: str = ""
    link: str = ""
    attachment: str = ""


def enclosed(answers: list[tuple[Any, Any]]) -> Enclosure:
    """What was answered to a signal, if anything was."""
    found = (answer for _receiver, answer in answers if isinstance(answer, Enclosure))
    return next(found, Enclosure())
