"""Two of the staff answer at once what sending a thing costs: one answer, beside a control."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from bag.asked.models import ShippingRequest
from bag.asked.services import AnsweredMeanwhile, offer_shipping, send_answer
from bag.exceptions import NotEnoughAvailable
from bag.reservations import reserve_piece
from bag.services import hold_pieces
from mail.models import Mail
from store.models import Item, Piece
from store.tests.factories import make_item
from tests.crowd import at_once, meeting

pytestmark = [
    pytest.mark.on_both,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
ROUNDS = 5
Answer = Callable[..., ShippingRequest]


def asked_for(item: Item) -> ShippingRequest:
    return ShippingRequest.objects.create(
        item=item, email="ana@example.com", country_code="BR", city="Santos"
    )


def answers(request: ShippingRequest, sam: User, answer: Answer) -> list[Callable[..., Any]]:
    until = timezone.now() + timedelta(days=2)
    said = {"request_id": request.pk, "until": until, "text": "", "actor": sam}
    return [partial(answer, price=Decimal(price), **said) for price in (700, 800, 900)]


def test_the_first_answer_stands_and_holds_one_piece(sam: User) -> None:
    for _ in range(ROUNDS):
        cupboard = make_item(pieces=3)
        request = asked_for(cupboard)

        ends = at_once(answers(request, sam, offer_shipping))

        assert sum(isinstance(end, AnsweredMeanwhile) for end in ends) == 2
        assert Piece.objects.held().filter(item=cupboard).count() == 1
        assert ShippingRequest.objects.offered().filter(pk=request.pk).exists()
        assert Mail.objects.filter(event="bag.shipping_offer").count() == 1
        Mail.objects.all().delete()


def offer_unguarded(
    piece: Piece, *, request_id: int, price: Decimal, until: Any, text: str, actor: User
) -> Any:
    """Look, and write; as it would be without locks."""
    asked = ShippingRequest.objects.unanswered().select_related("item").get(pk=request_id)
    reserve_piece(piece=piece, until=until, customer=None, actor=actor, reason="asked")
    asked.piece, asked.price = piece, price
    return send_answer(asked, "bag.shipping_declined", text, actor)


def test_control_without_locks_every_answer_is_sent(sam: User) -> None:
    cupboard = make_item(pieces=3)
    request = asked_for(cupboard)
    own = iter(Piece.objects.filter(item=cupboard))

    ends = meeting(
        'UPDATE "bag_shippingrequest"',
        [partial(answer, next(own)) for answer in answers(request, sam, offer_unguarded)],
    )

    assert Mail.objects.filter(event="bag.shipping_declined").count() > 1, ends


def test_it_is_sold_or_reserved_and_never_both(sam: User) -> None:
    for number in range(ROUNDS):
        cupboard = make_item()
        request = asked_for(cupboard)
        taken = partial(hold_pieces, item_id=cupboard.pk, quantity=1, bag_key=f"bag {number}")

        ends = at_once([answers(request, sam, offer_shipping)[0], taken])

        assert sum(isinstance(end, NotEnoughAvailable) for end in ends) == 1
        offered = ShippingRequest.objects.offered().filter(pk=request.pk).exists()
        assert offered != Piece.objects.held_by(f"bag {number}").exists()
