"""How many of a cell's seeds have a score, in words: the one place that says pending and failed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from repool.artifacts.table import Row, Text, plain
from repool.words.numerals import Kind


@dataclass(frozen=True)
class Seeds:
    """How many seeds a cell should have, of each (dataset, method) how many failed, and those with other numbers."""

    expected: int
    failed: Mapping[tuple[str, str], int]
    own: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def of(self, dataset: str, method: str) -> int:
        """How many seeds a cell should have."""
        return self.own.get((dataset, method), self.expected)

    def missing(self, dataset: str, method: str) -> str:
        """Why there is no number: `pending (0 of 3)`; `failed (3 of 3)`."""
        return plain(state((), 0, self.of(dataset, method), self.failed.get((dataset, method), 0)))

    def state(self, row: Row, dataset: str, method: str, runs: float) -> Text:
        """`2 of 3, 1 failed`, where the number of runs has the name of a row."""
        return state(counted(row, runs), int(runs), self.of(dataset, method), self.failed.get((dataset, method), 0))

    def behind(self, row: Row, dataset: str, method: str, runs: float, column: str = "runs") -> Text:
        """How many runs stand behind a number: `n = 3`, `n = 2 of 3, 1 failed`."""
        failed = self.failed.get((dataset, method), 0)
        expected = self.of(dataset, method)
        of = f" of {expected}" if int(runs) != expected else ""
        return ("n = ", *counted(row, runs, column), of + (f", {failed} failed" if failed else ""))

    def paired(self, pairs: Text, dataset: str, methods: Mapping[str, str]) -> Text:
        """`3 pairs, 1 failed with GRACLUS`: the seeds that methods have together, and of each those that failed.

        `methods` are called by their values.
        """
        failed = [
            f", {self.failed[dataset, method]} failed with {called}"
            for method, called in methods.items()
            if self.failed.get((dataset, method))
        ]
        return (*pairs, " pair" if plain(pairs) == "1" else " pairs", *failed)


def counted(row: Row, runs: float, column: str = "runs") -> Text:
    """The number of runs behind a row."""
    return row.number(column, Kind.COUNT, "runs with a score", runs)


def state(shown: Text, runs: int, expected: int, failed: int) -> Text:
    """The state of one cell; `shown` is the number of its runs."""
    if not runs:
        return (f"failed ({failed} of {expected})" if failed else f"pending (0 of {expected})",)
    return (*(shown or (str(runs),)), f" of {expected}" + (f", {failed} failed" if failed else ""))
