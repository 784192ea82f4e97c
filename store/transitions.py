"""Rows that move on by a table of transitions, and in no other way."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from store.exceptions import TransitionNotAllowed

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class TransitionsMixin:
    """`TRANSITIONS` tells for each standing of a row what may be done with it."""

    TRANSITIONS: ClassVar[Mapping[Any, Collection[Any]]]
    # What is said of a transition that is not allowed any more.
    moved_on: ClassVar["StrOrPromise"]

    @property
    def standing(self) -> Any:
        """Which key of the table it is at."""
        raise NotImplementedError

    def check_transition(self, transition: Any) -> None:
        """Raise TransitionNotAllowed unless the table has this one."""
        if transition not in self.TRANSITIONS[self.standing]:
            raise TransitionNotAllowed(self, transition)
