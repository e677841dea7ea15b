"""Training epoch by epoch: a row of panels for each method of a dataset, every seed thin, their mean thick."""

from collections.abc import Iterable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from repool.figures.style import Style
from repool.words.names import FAILED, METRICS, Metric, method_label

SCORES = ("validation", "test")
CURVES = ("train_loss", *SCORES)
ROW = 1.2  # inches
# Where the name of a method begins, in widths of the axes, so that a long one is no wider than its panel with labels.
BEFORE = -0.45
THIN: dict[str, Any] = {"linewidth": 0.5, "alpha": 0.35}
THICK: dict[str, Any] = {"linewidth": 1.3}
BEST: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 2.6, "markeredgewidth": 0}
# Of a loss that leaps once, so many of all values are shown.
SHOWN = 0.995
# Thin lines become one image: thousands of epochs would weigh more than the page.
DOTS_PER_INCH = 125


def draw(rows: pd.DataFrame, style: Style) -> Figure:
    """The figure of one dataset: training loss, validation score and test score by epoch, on the same scales."""
    methods = list(dict.fromkeys(rows["method"]))
    size = style.width, ROW * len(methods) + 0.5
    figure, grid = plt.subplots(
        len(methods), len(CURVES), figsize=size, dpi=DOTS_PER_INCH, squeeze=False, layout="constrained"
    )
    metric = METRICS[rows["metric"].iloc[0]]
    colours = style.colours(methods)
    for method, panels in zip(methods, grid, strict=True):
        of_method = rows[rows["method"] == method]
        panels[0].set_gid(method)
        panels[0].set_title(
            f"{method_label(method)}, {runs(of_method)}", loc="left", x=BEFORE, fontsize=style.font_size - 1
        )
        for name, axes in zip(CURVES, panels, strict=True):
            axes.set_ylabel(axis_label(name, metric))
            draw_panel(axes, of_method[of_method["epoch"].notna()], name, colours[method])
    for axes in grid[-1]:
        axes.set_xlabel("Epoch")
    share_epochs(grid.flat, rows)
    share_scale(grid[:, 0], rows, ["train_loss"])
    share_scale(grid[:, 1:].flat, rows, SCORES)
    return figure


def axis_label(name: str, metric: Metric) -> str:
    """What a column shows."""
    unit = f" ({metric.unit})" if metric.unit == "%" else ""
    return "Training\nloss" if name == "train_loss" else f"{name.capitalize()}\n{metric.label}{unit}"


def runs(rows: pd.DataFrame) -> str:
    """How many there are, and how many of them failed."""
    failed = rows.loc[rows["status"] == FAILED, "seed"].nunique()
    return f"n = {rows['seed'].nunique() - failed}" + (f", {failed} failed" if failed else "")


def draw_panel(axes: Axes, rows: pd.DataFrame, name: str, colour: str) -> None:
    """One curve of all seeds; their mean as long as every one of them trains, and where the score was taken.

    The rows of a seed follow each other.
    """
    if rows.empty:
        return
    seeds = np.split(rows[["epoch", name]].to_numpy(float), np.flatnonzero(np.diff(rows["seed"])) + 1)
    axes.add_collection(LineCollection(seeds, colors=colour, rasterized=True, **THIN))
    by_epoch = rows.groupby("epoch")[name].agg(["mean", "size"])
    whole = by_epoch[by_epoch["size"] == len(seeds)]
    axes.plot(whole.index.to_numpy(float), whole["mean"], color=colour, **THICK)
    if name in SCORES:
        best = rows[rows["best"] == 1]
        axes.plot(best["epoch"].to_numpy(float), best[name], color=colour, **BEST)


def share_epochs(panels: Iterable[Axes], rows: pd.DataFrame) -> None:
    """Give panels all epochs. Axes that Matplotlib shares ask each other at every tick: slow where there are many."""
    known = rows["epoch"].dropna()
    if known.empty:
        return
    first, last = known.min(), known.max()
    margin = 0.05 * ((last - first) or 1)
    for axes in panels:
        axes.set_xlim(first - margin, last + margin)


def share_scale(panels: Iterable[Axes], rows: pd.DataFrame, names: Sequence[str]) -> None:
    """Give panels the same scale: that of nearly all values of these curves, and of all where a score was taken."""
    known, taken = (part[list(names)].melt()["value"].dropna() for part in (rows, rows[rows["best"] == 1]))
    if known.empty:
        return
    low, high = min(known.quantile(1 - SHOWN), taken.min()), max(known.quantile(SHOWN), taken.max())
    margin = 0.04 * ((high - low) or 1)
    for axes in panels:
        axes.set_ylim(low - margin, high + margin)
