"""How many of a cell's seeds have a score, in words: the one place that says pending and failed."""

from collections.abc import Mapping
from dataclasses import dataclass

from repool.words import numerals as numbers


@dataclass(frozen=True)
class Seeds:
    """How many seeds a cell should have, and of each (dataset, method) how many failed."""

    expected: int
    failed: Mapping[tuple[str, str], int]

    def state(self, dataset: str, method: str, runs: int) -> str:
        """`2 of 3, 1 failed`; `pending (0 of 3)`; `failed (3 of 3)`."""
        failed = self.failed.get((dataset, method), 0)
        return state(runs, self.expected, failed)

    def behind(self, dataset: str, method: str, runs: int) -> str:
        """How many runs stand behind a number: `n = 3`, `n = 2 of 3, 1 failed`."""
        failed = self.failed.get((dataset, method), 0)
        return numbers.runs(runs, self.expected) + (f", {failed} failed" if failed else "")


def state(runs: int, expected: int, failed: int) -> str:
    """The state of one cell."""
    if not runs:
        return f"failed ({failed} of {expected})" if failed else f"pending (0 of {expected})"
    return f"{runs} of {expected}" + (f", {failed} failed" if failed else "")
