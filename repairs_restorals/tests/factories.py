from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import make_user
from repairs_restorals.mail import compose_for_customer
from repairs_restorals.models import Quote, QuoteLine, ServiceTicket, TicketImage
from repairs_restorals.photos import prepare_photos
from repairs_restorals.quote_services import Seen, agreed_quote
from repairs_restorals.services import add_photos
from store.tests.pictures import picture_bytes

SITE = "https://shop.example.com"
numbers = count(1)


def make_ticket(customer: User | None = None, **fields: Any) -> ServiceTicket:
    """A ticket as the customer has filed it; `status` is taken as given."""
    number = next(numbers)
    return ServiceTicket.objects.create(
        customer=customer or make_user(f"customer{number}@example.com"),
        **{"title": f"Violin {number}", "description": "The neck is loose.", **fields},
    )


def photo_file(name: str = "violin.jpg", **options: Any) -> SimpleUploadedFile:
    """What a phone sends: a small JPEG of one colour."""
    return SimpleUploadedFile(name, picture_bytes(**options), "image/jpeg")


def make_photo(ticket: ServiceTicket, **fields: Any) -> TicketImage:
    good, _ = prepare_photos([photo_file()])
    actor = fields.pop("actor", ticket.customer)
    [image] = add_photos(ticket_id=ticket.pk, photos=good, actor=actor, **fields)
    return image


def seen_by_staff(quote: Quote, event: str = "quote") -> Seen:
    """What the preview of a draft shows: the mail as it would go, and what is agreed."""
    mail = compose_for_customer(quote.ticket, event, SITE, quote=quote)
    agreed = agreed_quote(quote.ticket)
    return Seen(event, SITE, mail.version, agreed.pk if agreed else None)


def make_quote(ticket: ServiceTicket, *prices: str, **fields: Any) -> Quote:
    """A draft with an hour of labour for each price."""
    number = ticket.quotes.count() + 1
    values = {"version": number, "valid_until": timezone.localdate() + timedelta(days=14)}
    quote = Quote.objects.create(ticket=ticket, **{**values, **fields})
    for price in prices or ["60.00"]:
        QuoteLine.objects.create(
            quote=quote, description="Glue the neck", price=Decimal(price), tax_rate=Decimal(19)
        )
    return quote
