"""Curves of the records, collected cell by cell, and which of them an artifact shows."""

from repool.artifacts.needs import Needs
from repool.words.names import CURVE_MEASURES, LOSS, PERMUTED

# Which curve an artifact shows, where it is not the supervised loss.
OTHERS = {"figure_3": PERMUTED}


def curve(artifact: str) -> str:
    """The curve of the records that an artifact shows."""
    return OTHERS.get(artifact, LOSS)


def measure(artifact: str) -> str:
    """What its paired tests compare of each run."""
    return CURVE_MEASURES[curve(artifact)]


NEEDS = Needs(inputs=("curves",), measure=measure)
