"""Figures 3, 7 and S1: a curve of validation by epoch, the mean over seeds with a band of one standard deviation."""

from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repool.figures.panels import panels, shown, title
from repool.figures.style import Style
from repool.words.names import METRICS, curve_label, method_label

# Two curves that coincide are told apart by their dashes.
DASHES = ((None, None), (4, 1.6), (1.2, 1.2), (5, 1.5, 1.2, 1.5))
BAND = 0.18
FAINT = 0.45


def draw(curves: pd.DataFrame, style: Style) -> Figure:
    """The figure of a table of curves, under the settings in force."""
    curves = shown(curves, "epoch")
    methods = list(dict.fromkeys(curves["method"]))
    datasets = list(dict.fromkeys(curves["dataset"]))
    figure, grid = panels(len(datasets), style)
    for axes, dataset in zip(grid, datasets, strict=True):
        draw_panel(axes, dataset, curves[curves["dataset"] == dataset], methods, style)
    return figure


def draw_panel(axes: Axes, dataset: str, curves: pd.DataFrame, methods: list[str], style: Style) -> None:
    """One dataset on its own scale; a method without runs says that it is pending, or failed."""
    axes.set_title(title(dataset, set(curves["status"])))
    axes.set_xlabel("Epoch")
    metric = curves["metric"].iloc[0]
    axes.set_ylabel(curve_label(curves["curve"].iloc[0], metric))
    colours = style.colours(methods)
    for position, method in enumerate(methods):
        curve = curves[(curves["method"] == method) & curves["epoch"].notna()]
        status = curves.loc[curves["method"] == method, "status"].iloc[0]
        draw_curve(axes, method, curve, status, colours[method], DASHES[position % len(DASHES)])
    axes.margins(x=0.02)
    axes.legend(frameon=False, fontsize=style.font_size - 1, loc=free_corner(metric))
    if curves["epoch"].isna().all():
        axes.set(xticks=[], yticks=[])


def free_corner(metric: str) -> Literal["lower right", "upper right"]:
    """Where curves that get better do not end."""
    return "lower right" if METRICS[metric].higher_is_better else "upper right"


def draw_curve(
    axes: Axes, method: str, curve: pd.DataFrame, status: str, colour: str, dashes: tuple[float | None, ...]
) -> None:
    """Full as long as every seed trains, faint while at least half of them do, and no further."""
    line: dict[str, Any] = {"color": colour, "linewidth": 1.1, "dashes": dashes}
    if curve.empty:
        axes.plot([], [], label=f"{method_label(method)} ({status})", **line)
        return
    whole = curve[curve["runs"] == curve["seeds"]]
    partly = curve[(curve["runs"] >= curve["seeds"] / 2) & (curve["epoch"] >= whole["epoch"].max())]
    axes.plot(whole["epoch"], whole["mean"], label=f"{method_label(method)} (n = {int(curve['seeds'].max())})", **line)
    axes.plot(partly["epoch"], partly["mean"], alpha=FAINT, **line)
    axes.fill_between(whole["epoch"], whole["low"], whole["high"], color=colour, alpha=BAND, linewidth=0)
