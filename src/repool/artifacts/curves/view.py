"""Curves over epochs: what they come down to, in numbers."""

from typing import Any

import pandas as pd

from repool.artifacts.section import About, View
from repool.artifacts.table import Cell, Column, Group, Table, absent, plain, words
from repool.words import phrases
from repool.words.names import METRICS, curve_label, method_label
from repool.words.numerals import Kind

COLUMNS = [
    *(Column("Dataset", 0.22), Column("Method", 0.18), Column("Seeds", 0.14)),
    *(Column(head, 0.09, right=True) for head in ("First epoch", "Best mean", "at epoch", "Last epoch of any")),
]


def view(about: About) -> View:
    """A row a curve."""
    rows, sentences = [], []
    for (dataset, method), part in about.rows.groupby(["dataset", "method"], sort=False):
        metric = str(part["metric"].iloc[0])
        label = curve_label(str(part["curve"].iloc[0]), metric)
        shown = cells(about, {"dataset": dataset, "method": method, "metric": metric}, part, label)
        rows.append(shown)
        sentences.append(sentence(shown, label))
    return View(Table(COLUMNS, [Group(rows)]), " ".join(sentences))


def cells(about: About, head: dict[str, Any], part: pd.DataFrame, label: str) -> list[Cell]:
    """Its first mean and its best one, while all seeds train; where that is, and where the last seed ends."""
    row, dataset, method = about.row(head), head["dataset"], head["method"]
    below = ". ".join(filter(None, [label, phrases.data_words(part["status"])]))
    shown = [words(dataset, below=(below,)), words(method_label(method))]
    drawn = part[part["epoch"].notna() & part["mean"].notna()].sort_values("epoch")
    if drawn.empty:
        return [*shown, absent(about.seeds.missing(dataset, method), span=5)]
    whole = drawn[drawn["runs"] == drawn["seeds"]]
    best = whole.loc[whole["mean"].idxmax() if METRICS[head["metric"]].higher_is_better else whole["mean"].idxmin()]
    return [
        *shown,
        Cell(about.seeds.state(row, dataset, method, drawn["seeds"].iloc[0])),
        Cell(row.number("first_mean", Kind.SCORE, "mean over all seeds in the first epoch", drawn["mean"].iloc[0])),
        Cell(row.number("mean", Kind.SCORE, "best mean over all seeds of any epoch", best["mean"])),
        Cell(row.number("best_epoch", Kind.COUNT, "the epoch of that mean", best["epoch"])),
        Cell(row.number("last_epoch", Kind.COUNT, "the last epoch of any seed", drawn["epoch"].iloc[-1])),
    ]


def sentence(shown: list[Cell], label: str) -> str:
    """One curve in words, for those who cannot see the figure."""
    dataset, method, state, *numbers = (plain(cell.text) for cell in shown)
    if not numbers:
        return f"{dataset}, {method}: {state}."
    first, best, epoch, _ = numbers
    return f"{dataset}, {method}: mean {label} from {first} to {best} at epoch {epoch}, {state} runs."
