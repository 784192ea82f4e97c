"""Two hundred people with all that is kept about customers, each of an age."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.utils import timezone

from accounts.models import (
    AddressChange,
    Customer,
    DataLink,
    KnownBrowser,
    SecurityLogEntry,
    User,
)
from bag.models import SavedItem, ShippingRequest, WaitlistEntry, Wish
from invoices.models import Invoice, InvoiceEvent, InvoiceLine, Payment, Withdrawal
from mail.models import Mail
from repairs_restorals.models import (
    Custody,
    Quote,
    ServiceTicket,
    Task,
    TicketEvent,
    TicketImage,
    TicketMessage,
)
from repairs_restorals.models.photos import PHOTO_WIDTHS, private_storage
from store.models import Order, OrderEvent, OrderLine, Piece, Question
from store.pictures.files import files_in
from store.tests.factories import make_item

SITE = "https://shop.example.com"
TRACE = re.compile(r"(?:zoraida|lindwurm|030 555)(\d{3})", re.IGNORECASE)
# A place where somebody is named: of which column, or in a file.
Places = dict[int, Counter[str]]


class People:
    """The number of each, and how long ago all of theirs happened."""

    def __init__(self, ages: dict[int, timedelta]) -> None:
        now = timezone.now()
        self.times = {number: now - age for number, age in ages.items()}
        self.item = make_item(title="Lamp", pieces=0)
        self.users = self.made(User, self.user)
        self.made(Customer, self.customer)
        self.orders = self.made(Order, self.order)
        self.tickets = self.made(ServiceTicket, self.ticket)
        self.goods()
        self.books()
        self.workshop()
        self.logs()
        self.wants()

    def made(self, model: Any, fields: Any) -> dict[int, Any]:
        rows = [model(**fields(number)) for number in self.times]
        return dict(zip(self.times, model.objects.bulk_create(rows), strict=True))

    def at(self, model: Any, **columns: Any) -> None:
        """Let rows be as old as their people: some columns write the time of now."""
        for pk, number in columns.pop("of"):
            model.objects.filter(pk=pk).update(**dict.fromkeys(columns["at"], self.times[number]))

    def user(self, number: int) -> dict[str, Any]:
        email, at = email_of(number), self.times[number]
        own = {"name": name_of(number), "email": email, "checked_email": email}
        return {**own, "password": "!", "date_joined": at, "last_login": at, "email_checked_at": at}

    def customer(self, number: int) -> dict[str, Any]:
        return {"user": self.users[number], **address_of(number), "staff_notes": name_of(number)}

    def order(self, number: int) -> dict[str, Any]:
        at = self.times[number]
        own = {"customer": self.users[number], "name": name_of(number), "email": email_of(number)}
        # Every fifth is a guest's.
        if number % 5 == 0:
            own["customer"] = None
        return {
            **own,
            **address_of(number),
            "note": f"For {name_of(number)}",
            "delivery": "ship",
            "payment_method": "transfer",
            "state": "shipped",
            "payment_due_at": at,
            "paid_at": at,
            "bag_key": f"bag {number}",
            "checkout_number": 0,
        }

    def ticket(self, number: int) -> dict[str, Any]:
        at = self.times[number]
        words = f"{name_of(number)}, {phone_of(number)}"
        own = {"customer": self.users[number], "status": "collected"}
        return {
            **own,
            **dict.fromkeys(["title", "description", "condition"], words),
            "created_at": at,
            "touched_at": at,
        }

    def goods(self) -> None:
        pieces = self.made(Piece, lambda n: {"item": self.item, "stock_number": f"L{n}"})
        self.made(
            OrderLine,
            lambda n: {
                "order": self.orders[n],
                "piece": pieces[n],
                "title": "Lamp",
                "price": Decimal(100 + n),
                "shipping": 0,
            },
        )
        shipped = {"transition": "ship"}
        events = self.made(
            OrderEvent,
            lambda n: {
                "order": self.orders[n],
                "note": name_of(n),
                "detail": address_of(n)["street"],
                **shipped,
            },
        )
        self.at(Order, of=[(row.pk, n) for n, row in self.orders.items()], at=["placed_at"])
        self.at(OrderEvent, of=[(row.pk, n) for n, row in events.items()], at=["at"])
        for number, piece in pieces.items():
            Piece.objects.filter(pk=piece.pk).update(
                order=self.orders[number], sold_at=self.times[number]
            )

    def books(self) -> None:
        """An invoice of each order, issued and paid, and a draft of each ticket without lines."""
        self.made(Invoice, lambda n: {"ticket": self.tickets[n]})
        invoices = self.made(
            Invoice, lambda n: {"order": self.orders[n], "total": Decimal(100 + n)}
        )
        self.made(
            InvoiceLine,
            lambda n: {
                "invoice": invoices[n],
                "description": "Lamp",
                "quantity": 1,
                "price": Decimal(100 + n),
                "tax_rate": 19,
            },
        )
        self.made(InvoiceEvent, lambda n: {"invoice": invoices[n], "note": name_of(n)})
        for number, invoice in invoices.items():
            at = self.times[number]
            buyer = {
                "name": name_of(number),
                "email": email_of(number),
                "lines": [address_of(number)["street"]],
            }
            seller = {"name": "Shop", "phone": "", "email": "", "lines": [], "tax_number": "1"}
            seller |= dict.fromkeys(["account_holder", "iban", "bic", "logo", "accent"], "")
            snapshot = {"buyer": buyer, "subject": "Order", "seller": seller, "notes": []}
            Invoice.objects.filter(pk=invoice.pk).update(
                number=f"{at.year}-{number:04}", issued_at=at, due_on=at, snapshot=snapshot
            )
        self.made(
            Payment,
            lambda n: {
                "invoice": invoices[n],
                "amount": Decimal(100 + n),
                "method": "transfer",
                "received_on": self.times[n],
                "at": self.times[n],
                "reference": name_of(n),
            },
        )
        self.invoices = invoices

    def workshop(self) -> None:
        def of(number: int, **fields: Any) -> dict[str, Any]:
            return {"ticket": self.tickets[number], "at": self.times[number], **fields}

        messages = self.made(TicketMessage, lambda n: of(n, body=f"{name_of(n)} {phone_of(n)}"))
        self.made(
            TicketImage,
            lambda n: of(
                n,
                message=messages[n],
                image=f"tickets/{n}/large.jpg",
                caption=name_of(n),
                width=1,
                height=1,
            ),
        )
        self.made(TicketEvent, lambda n: of(n, kind="filed", note=name_of(n)))
        self.made(Custody, lambda n: of(n, place="", value=Decimal(10)))
        staff = User.objects.create_user("wren@example.com", name="Wren", is_staff=True)
        self.made(
            Task, lambda n: {"ticket": self.tickets[n], "title": name_of(n), "assignee": staff}
        )
        self.made(
            Quote,
            lambda n: {
                "ticket": self.tickets[n],
                "version": 1,
                "state": "declined",
                "intro": f"Dear {name_of(n)}",
                "reason": phone_of(n),
                "valid_until": self.times[n],
            },
        )
        for number in self.times:
            for size in PHOTO_WIDTHS:
                content = ContentFile(name_of(number).encode())
                private_storage().save(f"tickets/{number}/{size}.jpg", content)

    def logs(self) -> None:
        people, tickets = map(ContentType.objects.get_for_model, [User, ServiceTicket])
        staff = User.objects.get(email="wren@example.com")
        for kind, rows in ((people, self.users), (tickets, self.tickets)):
            self.made(
                LogEntry,
                lambda n, kind=kind, rows=rows: {
                    "user": staff,
                    "content_type": kind,
                    "object_id": str(rows[n].pk),
                    "object_repr": name_of(n),
                    "action_flag": CHANGE,
                    "change_message": email_of(n),
                    "action_time": self.times[n],
                },
            )
        entry = {"event": "logged_in", "address": "203.0.113.9"}
        mine = {"about": "", **entry}
        self.made(
            SecurityLogEntry,
            lambda n: {"user": self.users[n], "who": email_of(n), "at": self.times[n], **mine},
        )
        failed = {"ip_address": "203.0.113.9", "user_agent": "", "failures_since_start": 1}
        attempts = self.made(AccessAttempt, lambda n: {"username": email_of(n), **failed})
        links = self.made(DataLink, lambda n: {"email": email_of(n)})
        changes = self.made(
            AddressChange,
            lambda n: {"user": self.users[n], "old": f"a{email_of(n)}", "new": email_of(n)},
        )
        self.at(AccessAttempt, of=[(row.pk, n) for n, row in attempts.items()], at=["attempt_time"])
        self.at(DataLink, of=[(row.pk, n) for n, row in links.items()], at=["at"])
        self.at(AddressChange, of=[(row.pk, n) for n, row in changes.items()], at=["at"])
        self.made(
            KnownBrowser,
            lambda n: {"user": self.users[n], "digest": "d", "seen_at": self.times[n]},
        )
        self.made(
            Mail,
            lambda n: {
                "event": "store.order",
                "to": email_of(n),
                "subject": name_of(n),
                "text": phone_of(n),
                "message_id": str(n),
                "state": "failed" if n % 7 == 0 else "sent",
                "sent_at": None if n % 7 == 0 else self.times[n],
                "queued_at": self.times[n],
            },
        )

    def wants(self) -> None:
        asked = {"item": self.item, "site": SITE}
        self.made(
            Question,
            lambda n: {
                "name": name_of(n),
                "email": email_of(n),
                "text": phone_of(n),
                "asked_at": self.times[n],
                **asked,
            },
        )
        self.made(
            ShippingRequest,
            lambda n: {
                "email": email_of(n),
                "city": name_of(n),
                "note": phone_of(n),
                "country_code": "BR",
                "asked_at": self.times[n],
                **asked,
            },
        )
        self.made(
            Wish,
            lambda n: {
                "customer": self.users[n],
                "email": email_of(n),
                "seen_item": 1,
                "asked_at": self.times[n],
                **asked,
            },
        )
        saved = self.made(SavedItem, lambda n: {"customer": self.users[n], "item": self.item})
        self.at(SavedItem, of=[(row.pk, n) for n, row in saved.items()], at=["saved_at"])
        self.made(
            WaitlistEntry,
            lambda n: {
                "email": email_of(n),
                "state": "left",
                "changed_at": self.times[n],
                **asked,
            },
        )
        self.made(
            Withdrawal,
            lambda n: {
                "name": name_of(n),
                "contract": phone_of(n),
                "email": email_of(n),
                "declared_at": self.times[n],
                "closed_at": self.times[n],
                "answer": "done",
                "site": SITE,
            },
        )


def name_of(number: int) -> str:
    return f"Zoraida{number:03}x"


def email_of(number: int) -> str:
    return f"zoraida{number:03}x@example.com"


def phone_of(number: int) -> str:
    return f"030 555{number:03}"


def address_of(number: int) -> dict[str, str]:
    return {"street": f"Lindwurm{number:03}x 4", "city": "Neustadt", "phone": phone_of(number)}


def places() -> Places:
    """Who is named where, in all columns of all tables and in all files."""
    found: Places = {}
    for where, text in [*texts(), *files()]:
        for number in {int(trace) for trace in TRACE.findall(text)}:
            found.setdefault(number, Counter())[where] += 1
    return found


def texts() -> Iterator[tuple[str, str]]:
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label
        columns = [field.attname for field in model._meta.concrete_fields]
        for row in model._base_manager.values_list(*columns):
            for column, value in zip(columns, row, strict=True):
                if isinstance(value, str | dict | list):
                    yield f"{label}.{column}", str(value)


def files() -> Iterator[tuple[str, str]]:
    for storage in (storages["private"], default_storage):
        for name in files_in(storage):
            with storage.open(name) as file:
                yield "file", file.read().decode("utf-8", "replace")


def everything() -> list[tuple[str, str]]:
    return sorted([*texts(), *files()])
