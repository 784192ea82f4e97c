"""Ways through the shop over HTTP, by what releases share: addresses and the fields of forms."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile

from store.tests.pictures import picture_bytes
from tests.browsing import Page, Visitor
from tests.deployed import rows

PASSWORD = "violet-harbour-39"
CHECKED = """
    UPDATE accounts_user SET password = substr(password, 2), checked_email = email,
    email_checked_at = now() WHERE email = %s RETURNING password"""
LINES = {"lines__0__description": "Glue the neck", "lines__0__quantity": "2.5"}


def register(visitor: Visitor, email: str, production: dict[str, str]) -> None:
    """Open an account, and have staff check its address: no mail comes here."""
    page = visitor.get("/accounts/register/")
    page = visitor.send(page, name="Nora Neumann", email=email, password=PASSWORD)
    # The release before lets anybody in at once.
    if page.path != "/accounts/profile/":
        assert page.path == "/accounts/register/sent/", page.text
        opened = rows(production, CHECKED, email)
        assert len(opened) == 1, f"{email} is not in the shop that has answered"
        log_in(visitor, email)


def log_in(visitor: Visitor, email: str, password: str = PASSWORD) -> None:
    page = visitor.send(visitor.get("/accounts/login/"), username=email, password=password)
    assert page.path != "/accounts/login/", page.text


def fill_bag(visitor: Visitor) -> int:
    """Put the first thing that is available into the bag; return its number."""
    visitor.get("/")
    for link in visitor.get("/store/").links:
        page = visitor.get(link) if link.startswith("/store/item/") else None
        if page and (add := re.search(r"/bag/add/(\d+)/", page.content.decode())):
            bag = visitor.send(page, add[0])
            assert bag.path == "/bag/", bag.text
            return int(add[1])
    raise AssertionError("Nothing is available.")


def buy(visitor: Visitor) -> Page:
    """Order the first thing that is available; return the order's page."""
    fill_bag(visitor)
    chosen = {"delivery": "collect", "payment_method": "transfer", "terms": "on"}
    order = visitor.send(visitor.get("/checkout/"), **chosen)
    assert order.path.startswith("/orders/"), order.text
    return order


def pay(boss: Visitor, invoice: object) -> Page:
    """Record that the whole of an invoice has arrived."""
    page = boss.get(f"/admin/invoices/invoice/{invoice}/change/")
    return boss.send(page, f"/{invoice}/payment/", payment__method="transfer")


def file_a_ticket(visitor: Visitor) -> Page:
    photo = SimpleUploadedFile("viola.jpg", picture_bytes(), "image/jpeg")
    told = {"title": "Viola", "description": "The neck is loose.", "kind": "repair"}
    page = visitor.send(visitor.get("/workshop/tickets/new/"), photos=photo, **told)
    assert page.path.startswith("/workshop/tickets/W"), page.text
    return page


def agree(visitor: Visitor, boss: Visitor, ticket: Page) -> None:
    """Write a quote of 150.00, send it, and have the customer accept it."""
    number = int(ticket.path.strip("/").rsplit("W")[-1])
    page = boss.get(f"/admin/repairs_restorals/serviceticket/{number}/change/")
    page = boss.send(boss.send(page, "/quote/"), lines__0__price="60", preview="1", **LINES)
    boss.send(page)
    links = visitor.get(ticket.path).links
    quote = visitor.get(next(link for link in links if link.startswith("/workshop/quotes/")))
    visitor.send(quote, decision="accept")
