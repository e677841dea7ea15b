"""How much of every cell was run: a grid of methods by datasets."""

from collections.abc import Sequence
from dataclasses import dataclass

from repool.artifacts.states import state
from repool.artifacts.table import plain
from repool.words import phrases


@dataclass(frozen=True)
class Coverage:
    """How many seeds of a cell have a score, how many should, and those that failed with the reason.

    `line` is what its line of the grid is called, which all sizes of a network share.
    """

    method: str
    line: str
    runs: int
    seeds: int
    failures: list[tuple[int, str]]

    @property
    def whole(self) -> bool:
        """Whether every seed has a score."""
        return self.runs == self.seeds

    @property
    def partly(self) -> bool:
        """Whether some have, but not every one."""
        return 0 < self.runs < self.seeds

    @property
    def state(self) -> str:
        """In words."""
        return plain(state((), self.runs, self.seeds, len(self.failures)))


@dataclass(frozen=True)
class Line:
    """A method and its cell on each dataset; None where none is configured."""

    name: str
    cells: list[Coverage | None]


def line_name(method: str) -> str:
    """What the line of a method is called: all sizes of a grid's network have one."""
    base = phrases.base_method(method)
    return base if phrases.method(method) == base else f"{base}, in several sizes"


def lines(datasets: Sequence[Sequence[Coverage]]) -> list[Line]:
    """The grid of the cells of some datasets, methods in the order in which they first stand there."""
    names = dict.fromkeys(cell.line for cells in datasets for cell in cells)
    return [
        Line(name, [together([cell for cell in cells if cell.line == name]) for cells in datasets]) for name in names
    ]


def together(cells: Sequence[Coverage]) -> Coverage | None:
    """One cell, or several as one; None where there is none."""
    if len(cells) < 2:
        return cells[0] if cells else None
    failures = [failure for cell in cells for failure in cell.failures]
    runs, seeds = sum(cell.runs for cell in cells), sum(cell.seeds for cell in cells)
    return Coverage(cells[0].line, cells[0].line, runs, seeds, failures)
