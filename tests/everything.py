"""One customer who has done everything that customers do, and each address that this makes."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver
from django.urls.converters import get_converters
from django.utils.http import urlsafe_base64_encode

from accounts.data_asking import data_token
from accounts.groups import WORKSHOP_STAFF
from accounts.links import dated_link
from accounts.models import Customer, DataLink, User
from accounts.password_links import password_links
from accounts.tests.factories import make_staff
from bag.asked.models import ShippingRequest
from bag.models import WaitlistEntry
from bag.tests.factories import join, make_held_item
from bag.wishes.services import wish_for
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.mail.confirm_links import token_of
from invoices.mail.withdrawals import MAILBOX_POWER
from invoices.models import Withdrawal
from invoices.tests.test_checkout import form_of, put_in_bag
from repairs_restorals.consent import consent_link
from repairs_restorals.models import BeforeAfter, ServiceTicket, TicketImage
from repairs_restorals.quote_services import send_quote
from repairs_restorals.repair_forms import suggested, write_form
from repairs_restorals.services import write_message
from repairs_restorals.tests.factories import SITE, make_photo, make_quote, make_ticket
from store.models import Item, ItemImage, Order, Piece, Question
from store.tests.factories import make_category, make_item, make_order

PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
# Whose numbers stand in addresses, by the name of the parameter.
NUMBERED: dict[str, list[type[Model]]] = {
    "photo": [TicketImage],
    "pk": [ServiceTicket, BeforeAfter, Piece],
    "item_id": [Item],
}


def live(client: Client, alice: User) -> None:
    """Buy, ask, wait, save, have something mended, and leave two things half done.

    The shop has to take cards.
    """
    clock = make_item(title="Clock", maker="Leroy", description="It goes.")
    for position in range(2):
        ItemImage.objects.create(
            item=clock,
            image="items/x/large.webp",
            alt_text=f"View {position}",
            width=4,
            height=3,
            position=position,
        )
    for number in range(8):
        make_category(f"Part {number}", parent=make_category(f"Department {number}"))
    client.force_login(alice)
    Customer.objects.filter(user=alice).update(
        street="Lindenallee 12", postcode="10999", city="Neustadt", phone="030 5557812"
    )
    sold = make_item(title="Vase")
    order = make_order(sold, customer=alice, paid=True)
    issue(invoice_id=bill_order(order).pk)
    for thing in (clock, sold):
        client.post(f"/saved/{thing.pk}/")
    wish_for(item=sold, email=alice.email, customer=alice, address="", site=SITE)
    join(make_held_item(title="Radio"), "alice", customer=alice)
    Question.objects.create(item=clock, name="Alice", email=alice.email, text="Why?", site=SITE)
    asked = {"item": clock, "email": alice.email, "country_code": "BR", "city": "Santos"}
    ShippingRequest.objects.create(**asked, customer=alice, site=SITE)
    ticket = make_ticket(alice, title="Viola")
    pair = {"before": make_photo(ticket), "after": make_photo(ticket)}
    BeforeAfter.objects.create(ticket=ticket, caption="A viola", consent="by mail", **pair)
    for author in (alice, make_staff("wren.w@example.com", group=WORKSHOP_STAFF)):
        say: dict[str, Any] = {"author": author, "site": SITE, "body": f"{author.name} was here."}
        write_message(ticket_id=ticket.pk, from_workshop=author.is_staff, **say)
    note = {**say, "body": "Charge her double.", "internal": True}
    write_message(ticket_id=ticket.pk, from_workshop=True, **note)
    quote = make_quote(ticket, "75.50")
    write_form(quote=quote, values={**suggested(quote), "time_needed": "A week"})
    send_quote(quote_id=quote.pk, actor=alice, site=SITE)
    put_in_bag(client, make_item(title="Lamp"))
    client.post("/checkout/", {**form_of(client), "payment_method": "card"})
    put_in_bag(client, make_item(title="Chair"))
    withdrawal = {"name": "Alice", "email": alice.email, "contract": str(order)}
    client.post("/withdraw/", withdrawal)
    client.post("/withdraw/confirm/")
    client.post("/withdraw/", {**withdrawal, "contract": "The lamp of last week"})
    DataLink.objects.create(email="ann@example.com")


def routes(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
    """The routes of the site, each with its parameters as `<converter:name>`."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern, route)


def in_addresses() -> dict[str, list[str]]:
    """What may stand for a parameter of a route, by its name: each field of that name holds it."""
    found = defaultdict(set)
    for model in apps.get_models():
        for row in model._default_manager.all():
            for field in row._meta.concrete_fields:
                # A `status_secret` is a secret.
                found[field.name.rpartition("_")[2]].add(str(getattr(row, field.name)))
    users = list(User.objects.all())
    found["uidb64"] = {urlsafe_base64_encode(str(user.pk).encode()) for user in users}
    found["token"] = {password_links.make_token(user) for user in users}
    found["token"] |= {entry.unsubscribe_token for entry in WaitlistEntry.objects.all()}
    found["token"] |= {token_of(order) for order in Order.objects.all()}
    found["token"] |= {data_token(link) for link in DataLink.objects.all()}
    found["key"] |= {
        dated_link(MAILBOX_POWER, row.pk, row.secret) for row in Withdrawal.objects.all()
    }
    found["key"] |= {consent_link(pair) for pair in BeforeAfter.objects.all()}
    found["number"] = {"1"}
    found["side"], found["size"] = {"before"}, {"large"}
    found["power"], found["link"] = {Order.POWER}, {order.secret for order in Order.objects.all()}
    for name, models in NUMBERED.items():
        found[name] = {str(row.pk) for model in models for row in model._default_manager.all()}
    return {name: sorted(values) for name, values in found.items()}


def addresses_of(route: str, known: dict[str, list[str]]) -> Iterator[str]:
    """All addresses that a route may stand for."""
    parts = [(get_converters()[kind or "str"], name) for kind, name in PARAMETER.findall(route)]
    values = [
        [converter.to_url(int(one) if one.isdigit() else one) for one in known.get(name, [])]
        for converter, name in parts
    ]
    for chosen in product(*values):
        if all(re.fullmatch(part.regex, one) for (part, _), one in zip(parts, chosen, strict=True)):
            yield PARAMETER.sub("{}", route).format(*chosen)
