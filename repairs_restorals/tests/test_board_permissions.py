"""Who may do what in the admin of the workshop, address by address."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import make_staff, make_user
from repairs_restorals.admin.ticket import PAGES, QUOTE_PAGES
from repairs_restorals.models import Quote, ServiceTicket, Task
from repairs_restorals.tests.board_steps import BOARD, TAKE_IN, action, page_of, quote_page
from repairs_restorals.tests.factories import make_quote

POST_ONLY = {
    "write",
    "note",
    "photos",
    "transition",
    "move",
    "undo",
    "parts",
    "arrived",
    "assign",
    "link",
    "merge",
    "task",
    "quote",
    "address",
}
READ_ONLY = {"label", "receipt", "papers"}
TASKS = "/admin/repairs_restorals/task/"
WORKSHOP = "/admin/repairs_restorals/workshop/"
SHOWN = "/admin/repairs_restorals/beforeafter/"


@pytest.fixture
def quote(ticket: ServiceTicket) -> Quote:
    return make_quote(ticket)


@pytest.fixture
def addresses(ticket: ServiceTicket, quote: Quote, bob: User) -> list[str]:
    """Every address of the workshop in the admin."""
    task = Task.objects.create(title="Glue", assignee=bob)
    return [
        *(BOARD, TAKE_IN, page_of(ticket), TASKS, f"{TASKS}add/", WORKSHOP, SHOWN),
        *(f"{SHOWN}add/", f"{TASKS}{task.pk}/change/", f"{TASKS}{task.pk}/done/"),
        *(action(ticket, name) for name in PAGES),
        *(quote_page(quote, name) for name in QUOTE_PAGES),
    ]


def test_visitors_and_customers_are_sent_to_the_log_in(
    client: Client, ticket: ServiceTicket, addresses: list[str]
) -> None:
    for _ in range(2):
        for address in addresses:
            for method in (client.get, client.post):
                answer = method(address)
                assert answer.status_code == 302, address
                assert answer.headers["Location"].startswith(reverse("admin:login"))
        client.force_login(ticket.customer)


def test_staff_without_a_group_see_none_of_it(
    client: Client, ticket: ServiceTicket, addresses: list[str]
) -> None:
    client.force_login(make_user("new@example.com", is_staff=True))
    before = ServiceTicket.objects.values().get()

    for address in addresses:
        for method in (client.get, client.post):
            # A task's button is only ever pressed, and says so before anything else.
            expected = {403, 405} if address.endswith("/done/") else {403}
            assert method(address).status_code in expected, address
    assert ServiceTicket.objects.values().get() == before
    assert b"repairs_restorals" not in client.get("/admin/").content


def test_shop_staff_take_in_and_hand_out_and_do_no_more(
    client: Client, sam: User, ticket: ServiceTicket, addresses: list[str]
) -> None:
    client.force_login(sam)
    mine = [BOARD, TAKE_IN, page_of(ticket), *(action(ticket, name) for name in READ_ONLY)]

    for address in addresses:
        if address in mine:
            assert client.get(address).status_code == 200, address
        elif address not in {action(ticket, name) for name in ("transition", "move", "address")}:
            assert client.get(address).status_code in {403, 405}, address
    page = client.get(page_of(ticket)).content.decode()
    assert "transition-to" not in page
    press = {"transition-to": "assessing", "transition-version": ticket.version}
    assert client.post(action(ticket, "transition"), press).status_code == 403

    ServiceTicket.objects.update(status="ready")
    assert "It was collected" in client.get(page_of(ticket)).content.decode()
    press = {"transition-to": "collected", "transition-version": "ready"}
    client.post(action(ticket, "transition"), press)
    assert ServiceTicket.objects.get().status == "collected"
    client.post(action(ticket, "undo"))
    assert ServiceTicket.objects.get().status == "ready"


@pytest.mark.parametrize("who", ["wren", "mo"])
def test_the_workshop_and_managers_run_it(
    client: Client, wren: User, ticket: ServiceTicket, quote: Quote, who: str
) -> None:
    mo = make_staff("mo@example.com", group=MANAGERS)
    client.force_login(wren if who == "wren" else mo)

    pages = [BOARD, TAKE_IN, page_of(ticket), TASKS, f"{TASKS}add/", WORKSHOP, SHOWN]
    pages += [action(ticket, name) for name in PAGES if name not in POST_ONLY]
    pages += [quote_page(quote, name) for name in ("edit", "preview", "decide")]
    for address in pages:
        assert client.get(address).status_code == 200, address


def test_what_is_sent_is_not_opened(workshop: Client, ticket: ServiceTicket) -> None:
    for name in POST_ONLY:
        assert workshop.get(action(ticket, name)).status_code == 405, name
    for name in READ_ONLY:
        assert workshop.post(action(ticket, name)).status_code == 405, name


def test_unknown_numbers_are_not_found(workshop: Client, quote: Quote) -> None:
    for number in (0, 2**63, 10**30):
        for name in PAGES:
            method = workshop.post if name in POST_ONLY else workshop.get
            address = reverse(f"admin:repairs_restorals_serviceticket_{name}", args=[number])
            assert method(address).status_code == 404, address
        for name in QUOTE_PAGES:
            address = address_of_quote(name, number)
            assert workshop.get(address).status_code == 404, address


def address_of_quote(name: str, number: int) -> str:
    return reverse(f"admin:repairs_restorals_serviceticket_quote_{name}", args=[number])


def test_who_may_only_look_is_offered_nothing(
    client: Client, ticket: ServiceTicket, quote: Quote
) -> None:
    looker = make_user("looker@example.com", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_serviceticket"))
    client.force_login(looker)

    page = client.get(page_of(ticket))

    assert page.status_code == 200
    # To search, to log out, and to choose a language.
    assert page.content.count(b"<form") == 3
    for name in POST_ONLY:
        assert client.post(action(ticket, name), {"transition-to": "assessing"}).status_code == 403
    for name in QUOTE_PAGES:
        assert client.post(quote_page(quote, name)).status_code == 403
