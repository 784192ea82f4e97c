"""Each list and form of the admin, found in its registry, shows all it has on phone and laptop."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page

from accounts.models import SecurityLogEntry, User
from invoices.models import CashMovement, Invoice, PaymentAttempt, Refund, StripeEvent
from invoices.tests.close_steps import close
from mail.models import Mail
from repairs_restorals.models import BeforeAfter, ServiceTicket, Task
from repairshop.models import Heartbeat
from store.bin import bin_items
from store.models import Item, Order, Piece, Question
from store.tests.factories import make_category, make_item
from tests.everything import live
from tests.stripe_standin.driver import Standin
from tests.test_accessible import look, pages_of_ticket

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
WIDTHS = (1280, 390)
WORD = f"Kaffeemaschinenersatzteilkiste {'W' * 28}"
# Text of people and machines, as long as it comes.
LONG: dict[type[Model], dict[str, str]] = {
    Item: {"title": WORD, "maker": WORD, "materials": WORD, "description": WORD},
    Order: {"name": WORD, "street": WORD, "email": f"{'w' * 60}@example.com"},
    Piece: {"serial_number": WORD, "purchased_from": WORD},
    Question: {"name": WORD, "text": WORD},
    ServiceTicket: {"title": WORD, "description": WORD},
    User: {"name": WORD},
    Mail: {"subject": WORD, "to": f"{'w' * 60}@example.com", "last_error": WORD},
    BeforeAfter: {"caption": WORD, "consent": WORD},
    Task: {"title": WORD},
    SecurityLogEntry: {"about": WORD, "who": f"{'w' * 60}@example.com"},
}
# What sticks out of the window, or is seen only by scrolling sideways. What screen readers
# alone are meant to read is as small as a dot, and fields scroll by themselves.
CUT_OFF = """() => {
    const most = document.documentElement.clientWidth + 1;
    const name = (node) => {
        const of = node.closest("[class*=field-], [id]");
        return `${node.tagName}.${node.className} in ${of?.id || of?.className}`;
    };
    return [...document.querySelectorAll("body *")].filter((node) => {
        const box = node.getBoundingClientRect();
        if (box.width < 2 || box.height < 2 || node.closest("svg, iframe, option")) return false;
        const fields = "input, select, textarea, .selector button, .visually-hidden";
        const clips = !node.matches(fields) && getComputedStyle(node).overflowX !== "visible";
        return box.right > most || (clips && node.scrollWidth > node.clientWidth + 1);
    }).map(name).slice(0, 4);
}"""


@pytest.fixture
def shop_of_long_words(
    live_server: Any, alice: User, sam: User, client: Client, provider: Standin
) -> None:
    """A row in each list, of a customer who did everything there is to be done."""
    live(client, alice)
    Task.objects.create(title=WORD, ticket=ServiceTicket.objects.get(), assignee=sam)
    Heartbeat.objects.create(
        process=f"web.1 {'w' * 60}", started_at=timezone.now(), last_error=WORD * 3
    )
    attempt = PaymentAttempt.objects.get()
    attempt.payment_intent = f"pi_{'3' * 60}"
    attempt.save()
    StripeEvent.objects.create(id=f"evt_{'3' * 60}", type="checkout.session.completed")
    Refund.objects.create(attempt=attempt, amount=1, reason=WORD, actor=sam)
    CashMovement.objects.create(amount=-1, reason=WORD, actor=sam)
    close(sam, note=WORD, signed_by=WORD)
    # As late in the evening, when the state of what is held names the day.
    Piece.objects.held().update(held_until=timezone.now() + timedelta(days=1))
    bin_items([make_item()], actor=sam)
    Item.with_bin.update(category=make_category(WORD, slug="long"))
    for model, texts in LONG.items():
        model._default_manager.update(**texts)


def places() -> Iterator[str]:
    """The list of each model, the form of its newest row, and that of a new one."""
    request = RequestFactory().get("/")
    request.user = User.objects.get(is_superuser=True)
    for model, page in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        row = page.get_queryset(request).order_by("-pk").first()
        yield reverse(f"{name}_change", args=[row.pk]) if row else f"No row of {model}"
        if page.has_add_permission(request):
            yield reverse(f"{name}_add")


def cut_off(page: Page) -> Iterator[str]:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for what in page.evaluate(CUT_OFF):
            yield f"{width}: {what}"


def test_no_list_or_form_of_the_admin_cuts_anything_off(
    browser: Browser, live_server: Any, shop_of_long_words: None, admin_client: Client
) -> None:
    page = look(browser, str(live_server.url), admin_client, "light")
    found = []
    ticket = ServiceTicket.objects.get()
    for place in ["/admin/", *places(), *pages_of_ticket(ticket, WORD)]:
        page.goto(place)
        found += [f"{place} at {what}" for what in cut_off(page)]

    assert "\n".join(found) == ""


def test_control_a_wide_cell_is_seen(browser: Browser, live_server: Any) -> None:
    page = browser.new_context().new_page()
    page.set_content("<div style='overflow-x:auto'><p style='width:2000px'>Far out</p></div>")

    assert len(list(cut_off(page))) > 2
    assert Invoice.objects.count() == 0


def test_a_thing_without_a_photo_is_headed_by_its_title(
    browser: Browser, live_server: Any, clock: Item, admin_client: Client
) -> None:
    page = look(browser, str(live_server.url), admin_client, "light")
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(reverse("admin:store_item_changelist"))
    bold = "cell => Number(getComputedStyle(cell).fontWeight) > 500"

    assert page.locator("#result_list .field-title").evaluate(bold)
    assert not page.locator("#result_list .field-picture > a > *").evaluate(bold)
