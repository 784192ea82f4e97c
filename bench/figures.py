"""A row of the table that `make bench` prints."""

from collections.abc import Callable
from statistics import median
from typing import NamedTuple

ROUNDS = 7
HEADING = f"{'What':58} {'Ratio':>5}    Goal            Rates, and the range of the rounds"


class Figure(NamedTuple):
    """A ratio of two rates, side by side, and what it must reach."""

    name: str
    ratio: float
    goal: float
    detail: str

    def __str__(self) -> str:
        held = "reached" if self.ratio >= self.goal else "MISSED"
        return f"{self.name:58} {self.ratio:5.2f}  ≥ {self.goal:4.2f}  {held:8} {self.detail}"


def side_by_side(
    name: str, goal: float, ours: Callable[[], float], bare: Callable[[], float]
) -> Figure:
    """Measure both in turns and compare the medians of their rates."""
    ours(), bare()
    return figure_of(name, goal, [(ours(), bare()) for _ in range(ROUNDS)])


def figure_of(name: str, goal: float, rounds: list[tuple[float, float]]) -> Figure:
    """Of rates measured in turns."""
    mine, theirs = (median(side) for side in zip(*rounds, strict=True))
    ratios = [a / b for a, b in rounds]
    detail = f"{mine:6.0f}/s to {theirs:6.0f}/s, rounds {min(ratios):.2f}–{max(ratios):.2f}"
    return Figure(name, mine / theirs, goal, detail)
