"""Curves over epochs: what they come down to, in numbers."""

from dataclasses import dataclass

import pandas as pd

from repool.artifacts.section import About, View
from repool.artifacts.states import Seeds
from repool.words import numerals as numbers
from repool.words.names import METRICS, curve_label, method_label


@dataclass(frozen=True)
class Curve:
    """One curve: its first and its best mean, and where that is; all empty for a pending cell."""

    dataset: str
    method: str
    score: str
    runs: str
    status: str
    first: str
    best: str
    epoch: str
    last: str


def view(about: About) -> View:
    """What each curve comes down to."""
    found = curves(about.rows, about.seeds)
    return View({"curves": found}, description(found))


def curves(rows: pd.DataFrame, seeds: Seeds) -> list[Curve]:
    """A summary of each curve."""
    return [
        curve(str(dataset), str(method), part, seeds)
        for (dataset, method), part in rows.groupby(["dataset", "method"], sort=False)
    ]


def curve(dataset: str, method: str, part: pd.DataFrame, seeds: Seeds) -> Curve:
    """One cell."""
    metric, status = str(part["metric"].iloc[0]), str(part["status"].iloc[0])
    drawn = part[part["epoch"].notna() & part["mean"].notna()].sort_values("epoch")
    head = (dataset, method_label(method), curve_label(str(part["curve"].iloc[0]), metric))
    if drawn.empty:
        return Curve(*head, seeds.state(dataset, method, 0), status, "", "", "", "")
    best = drawn.loc[drawn["mean"].idxmax() if METRICS[metric].higher_is_better else drawn["mean"].idxmin()]
    return Curve(
        *head,
        runs=seeds.state(dataset, method, int(drawn["seeds"].iloc[0])),
        status=status,
        first=numbers.score(float(drawn["mean"].iloc[0]), metric),
        best=numbers.score(float(best["mean"]), metric),
        epoch=numbers.count(float(best["epoch"])),
        last=numbers.count(float(drawn["epoch"].iloc[-1])),
    )


def description(found: list[Curve]) -> str:
    """The figure in words, for those who cannot see it."""
    sentences = []
    for one in found:
        what = f"{one.dataset}, {one.method}"
        if one.best:
            sentences.append(
                f"{what}: mean {one.score} from {one.first} to {one.best} at epoch {one.epoch}, {one.runs} runs."
            )
        else:
            sentences.append(f"{what}: {one.runs}.")
    return " ".join(sentences)
