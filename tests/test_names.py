"""Whatever belongs to tickets and invoices has a readable name from before it is saved."""

import pytest
from django.apps import apps
from django.db.models import Model

from repairs_restorals.models import Quote, ServiceTicket, TicketEvent
from store.models import Order, OrderEvent

MODELS = [
    *apps.get_app_config("repairs_restorals").get_models(),
    *apps.get_app_config("invoices").get_models(),
    Order,
    OrderEvent,
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_what_is_new_has_a_name(model: type[Model], db: None) -> None:
    name = str(model())

    assert name.strip()
    assert "None" not in name


@pytest.mark.parametrize(
    ("new", "name"),
    [
        (ServiceTicket(title="Violin"), "New ticket Violin"),
        (Quote(ticket=ServiceTicket()), "New quote"),
        (TicketEvent(kind=TicketEvent.Kind.TRANSITION), "New event"),
    ],
)
def test_what_is_half_filled_in_has_a_name(new: Model, name: str) -> None:
    assert str(new) == name
