"""What staff do with tickets in the admin."""

from typing import Any

from django.test import Client
from django.urls import reverse

from repairs_restorals.models import Quote, ServiceTicket

BOARD = "/admin/repairs_restorals/serviceticket/"
TAKE_IN = f"{BOARD}add/"


def page_of(ticket: ServiceTicket) -> str:
    return f"{BOARD}{ticket.pk}/change/"


def action(ticket: ServiceTicket, name: str) -> str:
    return reverse(f"admin:repairs_restorals_serviceticket_{name}", args=[ticket.pk])


def quote_page(quote: Quote, name: str) -> str:
    return reverse(f"admin:repairs_restorals_serviceticket_quote_{name}", args=[quote.pk])


def act(client: Client, ticket: ServiceTicket, name: str, **data: Any) -> Any:
    """Send one of the forms of the ticket's page; the fields bear its name."""
    prefix = {"write": "message"}.get(name, name)
    sent = {f"{prefix}-{field}": value for field, value in data.items()}
    return client.post(action(ticket, name), sent, follow=True)


def messages_in(answer: Any) -> list[str]:
    """The messages at the top of the page."""
    return [str(message) for message in answer.context["messages"]]


def lines_data(*lines: dict[str, Any], written: int = 0) -> dict[str, Any]:
    """What the rows of a quote send: those written, and three more that are empty if not given."""
    labour = {"kind": "labour", "quantity": "1", "price": "60.00", "tax_rate": "19.00"}
    part = {**labour, "kind": "part", "price": ""}
    rows = [{**labour, **line} for line in lines]
    rows += [labour, part, part][max(len(rows) - written, 0) :]
    data = {"lines-TOTAL_FORMS": written + 3, "lines-INITIAL_FORMS": written}
    for number, row in enumerate(rows):
        data |= {f"lines-{number}-{field}": value for field, value in row.items()}
    return data
