"""Every page that somebody may open, found among the routes, has nothing that axe objects to."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import make_staff
from invoices.models import Invoice, Withdrawal
from mail.models import Mail
from repairs_restorals.custody import keep
from repairs_restorals.loans import lend
from repairs_restorals.models import Quote, ServiceTicket
from repairs_restorals.tests.factories import make_quote
from store.bin import bin_items
from store.models import Item, Order, Piece, Question
from store.services import keep_for_loan
from store.tests.factories import make_item
from tests.conftest import open_page
from tests.everything import addresses_of, in_addresses, live, routes
from tests.stripe_standin.driver import Standin
from tests.test_journey import fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
# What people do not open: addresses of programs and files, and the admin's pages.
NO_PAGES = re.compile(r"/admin/|/healthz|\.(xml|txt|atom|json|jpg|svg|ico)$|/pdf/|\(\?P")
DRAWER = "/admin/invoices/dayclose/drawer/"
LOOKS = ["dark", "light"]
NOTHING_THERE = ("/nowhere/", "/store/?q=zzz", "/store/?price_from=9&price_to=5", "/store/?page=99")


@pytest.fixture
def world(live_server: Any, alice: User, client: Client, provider: Standin) -> Client:
    """A browser of alice, who has done everything that customers do."""
    live(client, alice)
    return client


def opened(route: str, client: Client, known: dict[str, list[str]]) -> str | None:
    """Where a route leads as the first of all addresses it may stand for that shows a page.

    "" if it answers otherwise, None if nothing that is known fits.
    """
    for address in addresses_of(route, known):
        answer = client.get(address, follow=True)
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
    # Axe would fetch style sheets once more, those that Django's own import from a wrong place.
    rules = {"resultTypes": ["violations"], "preload": False}
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("rules => axe.run(document, rules)", rules)["violations"]
    return [f"{address}: {each['id']}: {each['nodes'][0]['html']}" for each in found]


def look(browser: Browser, site: str, client: Client, looks: str) -> Page:
    """A window of this visitor: narrow and dark, or wide and light.

    Axe is in each of its pages from the start. To send it to them one by one takes as long as to
    look at them.
    """
    size = {"width": 360 if looks == "dark" else 1280, "height": 800}
    page = open_page(browser, site, viewport=size, color_scheme=looks)
    page.add_init_script(AXE_SCRIPT)
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
        for looks in LOOKS
    }
    wrong = []
    for number, (address, client) in enumerate(sorted(found.items(), key=lambda each: each[0])):
        page = windows[client, LOOKS[number % 2]]
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


def pages_of_ticket(ticket: ServiceTicket, title: str = "Viola to lend") -> Iterator[str]:
    """Where its thing is, all things of customers, what is lent for it, and a quote as a form."""
    keep(ticket_id=ticket.pk, place=title, value=Decimal(900), actor=None)
    pieces = make_item(title=title, pieces=2).pieces.all()
    keep_for_loan(pieces)
    due_on = timezone.localdate()
    lend(ticket_id=ticket.pk, piece_id=pieces[0].pk, due_on=due_on, actor=ticket.customer)
    place = "admin:repairs_restorals_serviceticket"
    yield reverse(f"{place}_in-house")
    yield from (reverse(f"{place}_{name}", args=[ticket.pk]) for name in ("custody", "loans"))
    draft = ticket.quotes.filter(state=Quote.State.DRAFT).first() or make_quote(ticket)
    yield reverse(f"{place}_quote_form", args=[draft.pk])


def pages_of_staff() -> Iterator[str]:
    """Those that the errands of tests/test_errands.py pass, and what they lead to."""
    piece = Piece.objects.available().earliest("pk")
    order, ticket = Order.objects.latest("pk"), ServiceTicket.objects.latest("pk")
    invoice = Invoice.objects.filter(issued_at__isnull=False).latest("pk")
    quote = make_quote(ticket)
    rows: list[Any] = [piece, piece.item, order, ticket, invoice, Mail.objects.latest("pk")]
    rows += [Withdrawal.objects.latest("pk"), Question.objects.latest("pk")]
    rows += [User.objects.get(email="alice@example.com")]
    for row in rows:
        name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        yield reverse(f"{name}_changelist")
        yield reverse(f"{name}_change", args=[row.pk])
    for name in ("item", "category"):
        yield reverse(f"admin:store_{name}_add")
    for name in ("take_back", "correct"):
        yield reverse(f"admin:store_order_{name}", args=[order.pk])
    for name in ("edit", "preview", "decide"):
        yield reverse(f"admin:repairs_restorals_serviceticket_quote_{name}", args=[quote.pk])
    yield reverse("admin:repairs_restorals_serviceticket_thing", args=[ticket.pk])
    yield from pages_of_ticket(ticket)
    yield reverse("admin:bag_hold_reserve", args=[piece.pk])
    yield reverse("person", args=[rows[-1].pk])
    yield from (f"{reverse('till')}?piece={piece.pk}", f"{reverse('till')}?q=a")
    yield f"{reverse('till-receipt')}?invoice={invoice.pk}&change=500"
    yield reverse("admin:store_shopprofile_changelist")
    yield reverse("admin:accounts_retentionperiod_changelist")
    yield reverse("admin:store_item_delete", args=[piece.item_id])
    [binned] = bin_items([make_item()], actor=None)
    yield reverse("admin:store_binneditem_changelist")
    yield reverse("admin:store_binneditem_change", args=[binned])
    yield reverse("admin:repairs_restorals_task_changelist")
    yield reverse("admin:invoices_invoice_credit", args=[invoice.pk])


def test_the_pages_of_the_errands_are_accessible(
    browser: Browser, live_server: Any, world: Client
) -> None:
    client = Client()
    client.force_login(make_staff("mo@example.com", group=MANAGERS))
    windows = [look(browser, str(live_server.url), client, each) for each in LOOKS]
    wrong = []
    for number, address in enumerate(pages_of_staff()):
        page = windows[number % 2]
        answer = page.goto(address)
        assert answer
        assert answer.status == 200, address
        wrong += objections(page, address)

    assert "\n".join(wrong) == ""


def test_the_front_desk_and_its_search_are_accessible(
    browser: Browser, live_server: Any, world: Client, admin_client: Client
) -> None:
    dark, light = (look(browser, str(live_server.url), admin_client, each) for each in LOOKS)
    wrong = []
    for page, address in (
        (dark, "/admin/"),
        (light, "/admin/"),
        (dark, "/admin/search/?q=clock"),
        (light, "/admin/search/?q=nothing+like+it"),
        (dark, DRAWER),
    ):
        page.goto(address)
        assert fits(page), address
        wrong += objections(page, address)

    assert wrong == []


def test_a_form_that_says_what_is_wrong_is_accessible(
    browser: Browser, live_server: Any, admin_client: Client
) -> None:
    dark, light = (look(browser, str(live_server.url), admin_client, each) for each in LOOKS)
    wrong = []
    for page, name in ((dark, "store_item"), (light, "store_category"), (dark, "accounts_user")):
        page.goto(reverse(f"admin:{name}_add"))
        page.get_by_role("button", name="Save", exact=True).last.click()
        link = page.locator(".wrong-fields a").first
        link.wait_for()
        assert fits(page), name
        wrong += objections(page, name)
        link.click()
        assert page.evaluate("`#${document.activeElement.id}`") == link.get_attribute("href")

    assert wrong == []
