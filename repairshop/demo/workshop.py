"""What the workshop has of the demo shop: a ticket in nearly every state."""

import tomllib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from repairs_restorals.models import (
    BeforeAfter,
    Quote,
    QuoteLine,
    ServiceTicket,
    Status,
    Task,
    TicketImage,
    Workshop,
)
from repairs_restorals.photos import prepare_photos
from repairs_restorals.quote_services import decide_quote, draft_quote, send_quote
from repairs_restorals.services import add_photos, file_ticket, transition_ticket, write_message
from repairshop.demo.people import demo_user, write_mails_off
from repairshop.demo.pictures import render
from repairshop.demo.site import SITE

TICKETS = Path(__file__).parent / "tickets.toml"


def open_workshop() -> int:
    """Fill the workshop's page and file the tickets that are missing; return how many."""
    content = tomllib.loads(TICKETS.read_text("utf-8"))
    fill_workshop(content["workshop"])
    keys = [ticket["key"] for ticket in content["tickets"]]
    found = ServiceTicket.objects.filter(idempotency_key__in=keys)
    there = set(found.values_list("idempotency_key", flat=True))
    missing = [ticket for ticket in content["tickets"] if ticket["key"] not in there]
    return sum(take_in(ticket) for ticket in missing)


def fill_workshop(texts: dict[str, str]) -> None:
    workshop = Workshop.get_solo()
    if not workshop.intro:
        workshop.intro, workshop.how_it_works = texts["intro"], texts["how_it_works"].strip()
        workshop.default_assignee = demo_user("wren@example.com")
        workshop.save()


@transaction.atomic
def take_in(given: dict[str, Any]) -> bool:
    """File one ticket and bring it as far as it is to be; False without its people."""
    customer, wren = demo_user(given["customer"]), demo_user("wren@example.com")
    if not (customer and wren):
        return False
    ticket = ServiceTicket(customer=customer, idempotency_key=given["key"], **given["filed"])
    ticket = file_ticket(ticket=ticket, photos=photos(given["photos"]), site=SITE)
    if given["status"] != Status.SUBMITTED:
        transition_ticket(ticket_id=ticket.pk, to=Status.ASSESSING, actor=wren, site=SITE)
    for text in given.get("answers", []):
        write_message(ticket_id=ticket.pk, author=wren, body=text, from_workshop=True, site=SITE)
    if "lines" in given:
        quote(ticket, wren, given)
    finish(ticket, wren, given)
    if task := given.get("task"):
        Task.objects.create(title=task, ticket=ticket, assignee=wren, created_by=wren)
    write_mails_off()
    return True


def photos(drawings: list[str]) -> list[Any]:
    good, _ = prepare_photos([render(drawing) for drawing in drawings])
    return good


def quote(ticket: ServiceTicket, wren: User, given: dict[str, Any]) -> None:
    draft = draft_quote(ticket_id=ticket.pk, author=wren)
    draft.intro = given["found"]
    draft.estimated_on = timezone.localdate() + timedelta(days=21)
    draft.save()
    for kind, description, quantity, price in given["lines"]:
        QuoteLine.objects.create(
            quote=draft,
            kind=kind,
            description=description,
            quantity=Decimal(quantity),
            price=Decimal(price),
            tax_rate=Workshop.get_solo().tax_rate,
        )
    sent = send_quote(quote_id=draft.pk, actor=wren, site=SITE)
    if given["status"] != Status.QUOTED:
        via = Quote.Via.ACCOUNT
        decide_quote(quote_id=sent.pk, accept=True, via=via, actor=ticket.customer, site=SITE)


def finish(ticket: ServiceTicket, wren: User, given: dict[str, Any]) -> None:
    steps = [Status.IN_PROGRESS, Status.READY, Status.COLLECTED]
    last = steps.index(Status(given["status"])) + 1 if given["status"] in steps else 0
    for step in steps[:last]:
        if step == Status.READY and "after" in given:
            show(ticket, wren, given)
        transition_ticket(ticket_id=ticket.pk, to=step, actor=wren, site=SITE)


def show(ticket: ServiceTicket, wren: User, given: dict[str, Any]) -> None:
    """Add a photo of the finished thing, and hang both up on the workshop's page."""
    stage = TicketImage.Stage.AFTER
    finished = photos([given["after"]])
    [after] = add_photos(ticket_id=ticket.pk, photos=finished, actor=wren, stage=stage)
    BeforeAfter.objects.create(
        ticket=ticket,
        before=ticket.images.earliest("pk"),
        after=after,
        caption=given["caption"],
        consent="Signed on the receipt (demo)",
        recorded_by=wren,
    )
