"""What a page writes for whoever is erased before it does so is not written, in any app."""

import ast
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.erasing import erase
from accounts.locking import AccountGone
from accounts.models import User
from accounts.personal_data import person_of
from bag.asked import services as asked
from bag.models import SavedItem, ShippingRequest, WaitlistEntry, Wish
from bag.saved.services import keep
from bag.services import hold_pieces
from bag.waitlist.services import join_waitlist
from bag.wishes.services import wish_for
from invoices.orders.placing import Agreed, place_order
from repairs_restorals.models import ServiceTicket
from repairs_restorals.services import file_ticket
from repairs_restorals.tests.factories import SITE
from store.models import Item, Order, Piece, Question
from store.questions import ask
from store.tests.factories import new_order
from tests.crowd import just_before

ROOT = Path(settings.BASE_DIR)
LOCKS = {"lock_row", "lock_account", "lock_owner", "lock_linked", "make_room"}
# Services that are given a person and lock nobody by these, and why.
NEED_NONE = {
    "accept_offer": "what is in a bag is the bag's; the person is named in the history",
    "assign_ticket": "somebody who works here, and is not erased",
    "claim_item": "as accept_offer",
    "claim_pieces": "as accept_offer",
    "draft_quote": "somebody who works here",
    "email_was_changed_by_staff": "the form of staff has locked the person",
    "give_address": "locks by itself, and asks whether the record is open",
    "hand_over": "people who work here",
    "hold_pieces": "as accept_offer",
    "keep_reservations": "moves what is reserved for the person into their bag",
    "open_account": "writes where the account is as it was read, and nowhere else",
    "open_by_hand": "as open_account; staff know whose it is",
    "password_was_changed": "ends log-ins; the password was written by what it was before",
    "record_login": "locks by itself, and asks for the password of then",
    "register": "as open_account",
    "save": "staff change a period",
    "write_message": "a ticket that is under way keeps its person from being erased",
}
VISITOR: dict[str, Any] = {"address": "203.0.113.9", "site": SITE}


def order(user: User, item: Item) -> None:
    placed = new_order("a bag")
    placed.customer = user
    agreed = {item.pk: Agreed(1, item.price, Decimal("9.90"))}
    place_order(order=placed, agreed=agreed, site=SITE)


def wait(user: User, item: Item) -> None:
    hold_pieces(item_id=item.pk, quantity=1, bag_key="of another")
    join_waitlist(item=item, email=user.email, customer=user, bag_key="a bag", **VISITOR)


def asks_about(model: Any, user: User, item: Item) -> Any:
    return model(item=item, customer=user, email="ann@example.com", site=SITE)


WRITTEN: dict[Any, Callable[[User, Item], object]] = {
    Order: order,
    ServiceTicket: lambda user, _: file_ticket(
        ticket=ServiceTicket(customer=user, title="Viola"), site=SITE
    ),
    Question: lambda user, item: ask(asks_about(Question, user, item)),
    ShippingRequest: lambda user, item: asked.ask(asks_about(ShippingRequest, user, item)),
    WaitlistEntry: wait,
    Wish: lambda user, item: wish_for(item=item, email=user.email, customer=user, **VISITOR),
    SavedItem: lambda user, item: keep(user, [item.pk]),
}


@pytest.mark.django_db
@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: str(model.__name__))
def test_nothing_is_written_for_whoever_is_erased(
    client: Client, alice: User, clock: Item, model: Any
) -> None:
    request: Any = RequestFactory().post("/")
    request.user, request.session = alice, client.session
    erase(person_of(User.objects.get(pk=alice.pk)), request)

    with pytest.raises(AccountGone):
        WRITTEN[model](alice, clock)

    assert not model.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: str(model.__name__))
def test_control_it_is_written_for_whoever_is_not(alice: User, clock: Item, model: Any) -> None:
    WRITTEN[model](alice, clock)

    assert model.objects.get().customer == alice


@pytest.mark.django_db
def test_nothing_is_reserved_for_whoever_is_erased_and_staff_are_told(
    client: Client, alice: User, sam: User, clock: Item
) -> None:
    request: Any = RequestFactory().post("/")
    request.user, request.session = alice, client.session
    client.force_login(sam)
    page = reverse("admin:bag_hold_reserve", args=[clock.pieces.get().pk])
    until = f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    form = {"customer": alice.pk, "until": until, "reason": "Rang up"}

    # What is written of a log-in is written by then.
    client.get(page)

    with just_before("SAVEPOINT", lambda: erase(person_of(alice), request)):
        answer = client.post(page, form)

    assert "The account is closed." in answer.text
    assert not Piece.objects.held().exists()


def services() -> Iterator[ast.FunctionDef]:
    """Functions that are one transaction, in what belongs to an app."""
    for config in apps.get_app_configs():
        folder = Path(config.path)
        if ROOT not in folder.parents or ".venv" in folder.parts:
            continue
        for path in folder.rglob("*.py"):
            if not {"tests", "migrations", "demo"} & {*path.parts}:
                for found in ast.walk(ast.parse(path.read_text())):
                    decorators = getattr(found, "decorator_list", [])
                    if isinstance(found, ast.FunctionDef) and any(
                        "atomic" in ast.unparse(each) for each in decorators
                    ):
                        yield found


def is_about_a_person(service: ast.FunctionDef) -> bool:
    """Whether it is given somebody who is not merely who does it."""
    given = [each for each in [*service.args.args, *service.args.kwonlyargs] if each.annotation]
    return any(
        "User" in ast.unparse(each.annotation or each) and each.arg != "actor" for each in given
    )


def test_services_about_a_person_take_their_lock_or_say_why_not() -> None:
    about = [service for service in services() if is_about_a_person(service)]
    careless = {
        service.name
        for service in about
        if not any(isinstance(node, ast.Name) and node.id in LOCKS for node in ast.walk(service))
    }

    assert careless == {*NEED_NONE}
    assert {"save_profile", "make_codes", "join_waitlist"} <= {each.name for each in about}
