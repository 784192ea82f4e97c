"""Three more operators for Cosmic Ray: what a shop of querysets and calls can forget.

Its own ones change operators, numbers and conditions; most of our code has none of these.
They run in Cosmic Ray's environment, and duck-type its `Operator`.
"""

from collections.abc import Iterator
from typing import Any

import parso

Position = tuple[tuple[int, int], tuple[int, int]]
# Methods of querysets that narrow, order or lock what they are called on.
NARROWING = {"distinct", "exclude", "filter", "lock", "order_by", "select_for_update"}


class Operator:
    @classmethod
    def arguments(cls) -> tuple[()]:
        return ()

    def places(self, node: Any) -> list[Any]:
        """The nodes below this one that the operator can change."""
        raise NotImplementedError

    def change(self, node: Any, place: Any) -> None:
        raise NotImplementedError

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        for place in self.places(node):
            yield place.start_pos, place.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        self.change(node, self.places(node)[index])
        return node


def exchange(node: Any, place: Any, code: str) -> None:
    new = parso.parse(place.get_first_leaf().prefix + code).children[0]
    node.children = [new if child is place else child for child in node.children]


def is_call(node: Any) -> bool:
    return node.type == "atom_expr" and str(node.children[-1].get_code()).startswith("(")


class ForgetCall(Operator):
    """A statement that is a call does nothing, such as a lock or an entry in a history."""

    def places(self, node: Any) -> list[Any]:
        if node.type != "simple_stmt":
            return []
        return [child for child in node.children[:1] if is_call(child)]

    def change(self, node: Any, place: Any) -> None:
        exchange(node, place, "pass")


class ForgetArgument(Operator):
    """A call without one of its named arguments."""

    def places(self, node: Any) -> list[Any]:
        if node.type not in {"arglist", "trailer"}:
            return []
        arguments = [child for child in node.children if child.type == "argument"]
        return [found for found in arguments if found.children[1].get_code().strip() == "="]

    def change(self, node: Any, place: Any) -> None:
        exchange(node, place, "**{}")


class ForgetNarrowing(Operator):
    """A queryset without one of its conditions, locks or orders."""

    def places(self, node: Any) -> list[Any]:
        if node.type != "atom_expr":
            return []
        return [
            name
            for name, call in zip(node.children, node.children[1:], strict=False)
            if name.type == "trailer"
            and name.get_code(include_prefix=False).removeprefix(".") in NARROWING
            and call.get_code().startswith("(")
        ]

    def change(self, node: Any, place: Any) -> None:
        at = node.children.index(place)
        del node.children[at : at + 2]


class Provider:
    """Cosmic Ray's interface to operators."""

    operators = {kind.__name__: kind for kind in (ForgetCall, ForgetArgument, ForgetNarrowing)}

    def __iter__(self) -> Iterator[str]:
        return iter(self.operators)

    def __getitem__(self, name: str) -> type[Operator]:
        return self.operators[name]
