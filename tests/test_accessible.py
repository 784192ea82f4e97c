"""Every page that somebody may open, found among the routes, has nothing that axe objects to."""

import re
from collections import defaultdict
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.apps import apps
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db.models import Model
from django.test import Client
from django.urls import get_resolver
from django.urls.converters import get_converters
from django.utils.http import urlsafe_base64_encode
from playwright.sync_api import Browser, Page

from accounts.models import User
from bag.models import WaitlistEntry
from bag.tests.factories import join, make_held_item
from bag.wishes.services import wish_for
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.tests.test_checkout import form_of, put_in_bag
from repairs_restorals.models import BeforeAfter, ServiceTicket, TicketImage
from repairs_restorals.quote_services import send_quote
from repairs_restorals.tests.factories import SITE, make_photo, make_quote, make_ticket
from store.models import Item, ItemImage, Question
from store.tests.factories import make_category, make_item, make_order
from tests.conftest import open_page
from tests.stripe_standin.driver import Standin
from tests.test_headers import routes
from tests.test_journey import fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
# What people do not open: addresses of programs and files, and the admin's pages.
NO_PAGES = re.compile(r"/admin/|/healthz|\.(xml|txt|atom|jpg|svg)$|/pdf/|\(\?P")
NOTHING_THERE = ("/nowhere/", "/store/?q=zzz", "/store/?price_from=9&price_to=5", "/store/?page=99")
# Whose numbers stand in addresses, by the name of the parameter.
NUMBERED: dict[str, list[type[Model]]] = {
    "photo": [TicketImage],
    "pk": [ServiceTicket, BeforeAfter],
    "item_id": [Item],
}


@pytest.fixture
def world(live_server: Any, alice: User, client: Client, provider: Standin) -> Client:
    """A browser of alice, who has done everything that customers do."""
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
    sold = make_item(title="Vase")
    issue(invoice_id=bill_order(make_order(sold, customer=alice, paid=True)).pk)
    for thing in (clock, sold):
        client.post(f"/saved/{thing.pk}/")
    wish_for(item=sold, email=alice.email, customer=alice, address="", site=SITE)
    join(make_held_item(title="Radio"), "alice", customer=alice)
    Question.objects.create(item=clock, name="Alice", email=alice.email, text="Why?", site=SITE)
    ticket = make_ticket(alice, title="Viola")
    pair = {"before": make_photo(ticket), "after": make_photo(ticket)}
    BeforeAfter.objects.create(ticket=ticket, caption="A viola", consent="by mail", **pair)
    send_quote(quote_id=make_quote(ticket, "75.50").pk, actor=alice, site=SITE)
    put_in_bag(client, make_item(title="Lamp"))
    client.post("/checkout/", {**form_of(client), "payment_method": "card"})
    put_in_bag(client, make_item(title="Chair"))
    return client


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
    found["token"] = {default_token_generator.make_token(user) for user in users}
    found["token"] |= {entry.unsubscribe_token for entry in WaitlistEntry.objects.all()}
    found["number"] = {"1"}
    found["side"] = {"before"}
    for name, models in NUMBERED.items():
        found[name] = {str(row.pk) for model in models for row in model._default_manager.all()}
    return {name: sorted(values) for name, values in found.items()}


def opened(route: str, client: Client, known: dict[str, list[str]]) -> str | None:
    """Where a route leads as the first of all addresses it may stand for that shows a page.

    "" if it answers otherwise, None if nothing that is known fits.
    """
    parts = PARAMETER.findall(route)
    to_url = [get_converters()[converter or "str"].to_url for converter, _ in parts]
    for chosen in product(*(known[name] for _, name in parts)):
        written = [
            write(int(one) if one.isdigit() else one)
            for write, one in zip(to_url, chosen, strict=True)
        ]
        answer = client.get(PARAMETER.sub("{}", route).format(*written), follow=True)
        if answer.status_code == 405:
            return ""
        if answer.status_code == 200:
            html = "html" in answer.headers["Content-Type"]
            return str(answer.request["PATH_INFO"]) if html else ""
    return None


def pages(alice: Client, guest: Client) -> dict[str, Client]:
    """An address for each route that has a page, and whose browser shows it."""
    found, known = dict.fromkeys(NOTHING_THERE, guest), in_addresses()
    for route in routes(get_resolver()):
        if NO_PAGES.search(route):
            continue
        shown = {client: opened(route, client, known) for client in (alice, guest)}
        assert any(page is not None for page in shown.values()), f"No address for {route}"
        for client, page in shown.items():
            if page:
                found.setdefault(page, client)
    return found


def objections(page: Page, address: str) -> list[str]:
    rules = {"resultTypes": ["violations"]}
    return [
        f"{address}: {found['id']}: {found['nodes'][0]['html']}"
        for found in Axe().run(page, options=rules).response["violations"]
    ]


def look(browser: Browser, site: str, client: Client, looks: str) -> Page:
    """A window of this visitor: narrow and dark, or wide and light."""
    size = {"width": 360 if looks == "dark" else 1280, "height": 800}
    page = open_page(browser, site, viewport=size, color_scheme=looks)
    if cookie := client.cookies.get(settings.SESSION_COOKIE_NAME):
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    return page


def test_no_page_has_anything_that_axe_objects_to(
    browser: Browser, live_server: Any, world: Client
) -> None:
    guest, site = Client(), str(live_server.url)
    found = pages(world, guest)
    assert len(found) > 40
    windows = {
        (client, looks): look(browser, site, client, looks)
        for client in (world, guest)
        for looks in ("dark", "light")
    }
    wrong = []
    for number, (address, client) in enumerate(sorted(found.items(), key=lambda each: each[0])):
        page = windows[client, ("dark", "light")[number % 2]]
        page.goto(address)
        wrong += objections(page, address)

    assert wrong == []


def test_what_opens_on_a_page_is_accessible_too(
    browser: Browser, live_server: Any, world: Client
) -> None:
    page = look(browser, str(live_server.url), world, "light")
    page.goto(Item.objects.get(title="Clock").get_absolute_url())
    page.get_by_text("All categories").click()
    wrong = objections(page, "menu")
    page.get_by_role("link", name="View 0").click()
    page.get_by_role("dialog").wait_for()
    wrong += objections(page, "lightbox")

    assert wrong == []


def test_the_lists_of_the_admin_show_all_columns_on_a_laptop(
    browser: Browser, live_server: Any, world: Client, admin_client: Client
) -> None:
    page = look(browser, str(live_server.url), admin_client, "light")
    for model in ("invoices/invoice", "store/order", "store/item", "store/piece"):
        page.goto(f"/admin/{model}/")
        hidden = "table => table.scrollWidth - table.closest('.results').clientWidth"
        assert page.locator("#result_list").evaluate(hidden) <= 0, model
        assert fits(page), model
