from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from store.models import Order, Piece


class Refusal(Exception):
    """Something that is not done; `sentence` tells whoever asked for it why.

    It is made of `words`, in which facts that the refusal knows are named: “%(limit)d at most”.
    """

    words: "StrOrPromise" = ""

    @property
    def sentence(self) -> str:
        return str(self.words) % vars(self)


class TransitionNotAllowed(Refusal):
    """An order was asked for what its state does not allow."""

    words = _("That is not possible now: the order has moved on.")

    def __init__(self, *, order: "Order", transition: "Order.Transition") -> None:
        super().__init__(f"{order}: {transition.label} is not possible now")
        self.order = order
        self.transition = transition


class PiecesInUse(Exception):
    """Pieces that are held, or were ever ordered or sold, stay in the stock book."""

    def __init__(self, pieces: Sequence["Piece"]) -> None:
        super().__init__(", ".join(str(piece) for piece in pieces))
        self.pieces = pieces
