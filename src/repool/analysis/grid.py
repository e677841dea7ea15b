"""Which methods and datasets an artifact covers, in which order, and how each dataset is scored."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from repool.schemas.card import read_card
from repool.words.names import PAPER_METRICS, metric


@dataclass(frozen=True)
class Grid:
    """Methods and datasets as configured; empty: those that have run, as they come.

    Attributes:
        test_graphs: of datasets whose splits are drawn anew by each seed, how many a split has for testing.
    """

    methods: list[str] = field(default_factory=list)
    datasets: list[str] = field(default_factory=list)
    metrics: dict[str, str] = field(default_factory=dict)
    test_graphs: dict[str, int] = field(default_factory=dict)

    def metric(self, dataset: str, runs: pd.DataFrame) -> str:
        """The score of a dataset: from its card, else from its runs, else the paper's."""
        if dataset in self.metrics:
            return self.metrics[dataset]
        measured = runs.loc[runs["dataset"] == dataset, "metric"]
        return str(measured.iloc[0]) if len(measured) else PAPER_METRICS.get(dataset, "accuracy")

    def has(self, method: str, dataset: str) -> bool:
        """Whether the configuration asks for this cell."""
        return method in self.methods and dataset in self.datasets


def read_grid(methods: Sequence[str], datasets: Sequence[str], cards: Sequence[Path]) -> Grid:
    """The grid of a command line; cards, where given, say how datasets without a run are scored."""
    metrics: dict[str, str] = {}
    test_graphs: dict[str, int] = {}
    for path in cards:
        card = read_card(path)
        metric(card["metric"], str(path))
        metrics[card["dataset"]] = card["metric"]
        if card["split"] != "fixed":
            test_graphs[card["dataset"]] = card["graphs"] // 10
    return Grid(list(methods), list(datasets), metrics, test_graphs)


def merged(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Both sequences without repetition, the first one's order first."""
    return list(dict.fromkeys([*first, *second]))
