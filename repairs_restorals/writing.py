"""What is written about a ticket is written once, however often somebody clicks."""

from datetime import date

from accounts.models import User
from repairs_restorals.models import ServiceTicket, Task


def sending_of(ticket: ServiceTicket, author: User, key: str) -> str | None:
    """A key that a page was given, as of its ticket and author: nobody else's is the same."""
    return f"{ticket.pk} {author.pk} {key}" if key else None


def write_task(
    *,
    ticket: ServiceTicket,
    author: User,
    assignee: User,
    title: str,
    due_on: date | None,
    key: str,
) -> Task:
    """Add something to do about a ticket; a second click, with the same `key`, finds it."""
    given = {"ticket": ticket, "title": title, "due_on": due_on, "assignee": assignee}
    task, _is_new = Task.objects.get_or_create(
        idempotency_key=sending_of(ticket, author, key), defaults={**given, "created_by": author}
    )
    return task
