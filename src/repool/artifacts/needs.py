"""What a kind of artifact takes beside cell tables and cards; one that takes more says so in its `needs.py`."""

from collections.abc import Callable
from dataclasses import dataclass

SCORE = "test"
# The inputs that a table may have beside cell tables and cards.
INPUTS = ("curves", "summaries", "activations", "sizes")


def score(artifact: str) -> str:  # noqa: ARG001
    """What paired tests compare unless a kind says otherwise: the test score."""
    return SCORE


@dataclass(frozen=True)
class Needs:
    """Of one kind.

    Attributes:
        inputs: of `INPUTS`.
        methods: whether an artifact needs methods, or datasets alone.
        margins: what it holds against margins of config/claims.yaml, or shows beside them.
        ranked: whether its cells have scores of several seeds, so that methods can be ranked across datasets.
        coloured: whether its figure has the methods' colours.
        measure: which column of the cell tables the paired tests of an artifact compare.
    """

    inputs: tuple[str, ...] = ()
    methods: bool = True
    margins: tuple[str, ...] = ()
    ranked: bool = False
    coloured: bool = True
    measure: Callable[[str], str] = score
