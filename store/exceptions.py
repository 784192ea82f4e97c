from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from store.models import Piece
    from store.transitions import TransitionsMixin


class Refusal(Exception):
    """Something that is not done; `sentence` tells whoever asked for it why.

    It is made of `words`, in which facts that the refusal knows are named: “%(limit)d at most”.
    """

    words: "StrOrPromise" = ""

    @property
    def sentence(self) -> str:
        return str(self.words) % vars(self)


class TransitionNotAllowed(Refusal):
    """A row, which is its `subject`, was asked for a transition that it does not allow now."""

    def __init__(self, subject: "TransitionsMixin", transition: Any) -> None:
        super().__init__(f"{subject}: {transition} is not possible now")
        self.subject = subject
        self.words = subject.moved_on


class VersionChanged(Refusal):
    """Something has happened to a row since somebody looked at it; nothing was done."""

    words: "StrOrPromise" = _(
        "Nothing was done: something else has happened since you opened this page, see the "
        "history. If you still want it, send it again."
    )

    def __init__(self, words: "StrOrPromise" = "") -> None:
        super().__init__("the version that was seen is not today's")
        if words:
            self.words = words


class PiecesInUse(Exception):
    """Pieces that are held, or were ever ordered or sold, stay in the stock book."""

    def __init__(self, pieces: Sequence["Piece"]) -> None:
        super().__init__(", ".join(str(piece) for piece in pieces))
        self.pieces = pieces
