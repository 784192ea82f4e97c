"""Two who lock the same rows in the same order never deadlock."""

import pytest

from store.models import Item, Piece
from store.tests.factories import make_item

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]


@pytest.fixture
def _written_backwards(db: None) -> None:
    """Rows that the database finds in another order than that of their keys."""
    make_item(pieces=3)
    make_item(pieces=3)
    for model, changed in ((Item, "maker"), (Piece, "serial_number")):
        for row in model._default_manager.order_by("-pk"):
            model._default_manager.filter(pk=row.pk).update(**{changed: "new"})


@pytest.mark.usefixtures("_written_backwards")
def test_items_are_locked_by_their_keys() -> None:
    locked = list(Item.objects.locked().values_list("pk", flat=True))

    assert locked == sorted(locked)


@pytest.mark.usefixtures("_written_backwards")
def test_pieces_are_locked_by_their_items_and_keys() -> None:
    locked = list(Piece.objects.locked().values_list("item_id", "pk"))

    assert locked == sorted(locked)
