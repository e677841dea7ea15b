"""Figures 1, 2 and 4: the distribution of the test scores over runs, one panel for each dataset."""

from itertools import pairwise

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repool.figures.panels import panels, title
from repool.figures.style import INK, Style
from repool.words.names import FAILED, METRICS, method_label

# A density through a handful of points is an invention: below this many runs only points and mean are drawn.
RUNS_FOR_DENSITY = 10
RUNS_FOR_BOX = 5
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
# Widths and gaps within a method's share of the x axis, which is 1.
VIOLIN_WIDTH = 0.34
BOX_WIDTH = 0.12
GAP = 0.09


def draw(runs: pd.DataFrame, style: Style) -> Figure:
    """The figure of a table of runs, under the settings in force."""
    methods = list(dict.fromkeys(runs["method"]))
    datasets = list(dict.fromkeys(runs["dataset"]))
    figure, grid = panels(len(datasets), style)
    for axes, dataset in zip(grid, datasets, strict=True):
        draw_panel(axes, dataset, runs[runs["dataset"] == dataset], methods, style)
    make_labels_fit(figure)
    return figure


def draw_panel(axes: Axes, dataset: str, runs: pd.DataFrame, methods: list[str], style: Style) -> None:
    """One dataset on its own scale; a method without runs says that it is pending, or failed."""
    metric = METRICS[runs["metric"].iloc[0]]
    axes.set_title(title(dataset, set(runs["status"])))
    axes.set_ylabel(f"{metric.label} (%)" if metric.unit == "%" else metric.label)
    colours = style.colours(methods)
    labels = []
    for position, method in enumerate(methods):
        scores = runs.loc[runs["method"] == method, "test"].dropna().to_numpy(dtype=float)
        if len(scores):
            draw_method(axes, position, scores, colours[method], MARKERS[position % len(MARKERS)], style.kind)
        failed = int((runs.loc[runs["method"] == method, "status"] == FAILED).sum())
        labels.append(f"{method_label(method)}\n{words(len(scores), failed)}")
    axes.set_xlim(-0.55, len(methods) - 0.45)
    axes.set_xticks(range(len(methods)), labels)
    axes.tick_params(axis="x", length=0, labelsize=style.font_size - 1)
    axes.margins(y=0.1)
    if runs["test"].isna().all():
        axes.set_yticks([])


def words(runs: int, failed: int) -> str:
    """How many runs a method shows."""
    if not runs:
        return f"{failed} failed" if failed else "pending"
    return f"n = {runs}" + (f", {failed} failed" if failed else "")


def make_labels_fit(figure: Figure) -> None:
    """Slant the names of the methods in every panel if any two of them would touch."""
    figure.draw_without_rendering()
    labels = [[tick.label1 for tick in axes.xaxis.get_major_ticks()] for axes in figure.axes]
    boxes = [[label.get_window_extent() for label in panel] for panel in labels]
    if any(left.x1 > right.x0 for panel in boxes for left, right in pairwise(panel)):
        for label in (label for panel in labels for label in panel):
            label.set(rotation=35, ha="right", rotation_mode="anchor")


def draw_method(axes: Axes, position: int, scores: np.ndarray, colour: str, marker: str, kind: str) -> None:
    """Half violin on the left, box in the middle, every run as a point on the right, as far as the runs carry them."""
    if kind == "violin" and len(scores) >= RUNS_FOR_DENSITY and np.ptp(scores) > 0:
        draw_density(axes, position, scores, colour)
    if kind != "points" and len(scores) >= RUNS_FOR_BOX:
        draw_box(axes, position, scores, colour)
    else:
        axes.hlines(scores.mean(), position - GAP, position + GAP, color=INK, linewidth=1.2, zorder=3)
    # Spread sideways in a fixed pattern, since points at one height would hide each other.
    offsets = GAP + 0.06 + 0.22 * np.modf(np.arange(len(scores)) * 0.618034)[0]
    axes.scatter(position + offsets, scores, s=11, marker=marker, color=colour, edgecolor=INK, linewidth=0.35, zorder=3)


def draw_density(axes: Axes, position: int, scores: np.ndarray, colour: str) -> None:
    """A half violin that ends at the extreme runs."""
    sns.violinplot(
        x=np.full(len(scores), position - GAP - VIOLIN_WIDTH / 2),
        y=scores,
        ax=axes,
        orient="v",
        native_scale=True,
        split=True,
        inner=None,
        cut=0,
        width=VIOLIN_WIDTH,
        gap=0,
        color=colour,
        saturation=1,
        linewidth=0.6,
        linecolor=INK,
        alpha=0.55,
    )


def draw_box(axes: Axes, position: int, scores: np.ndarray, colour: str) -> None:
    """Quartiles and median; whiskers to the extreme runs, since each run is drawn anyway."""
    line = {"color": INK, "linewidth": 0.7}
    axes.boxplot(
        scores,
        positions=[position],
        widths=BOX_WIDTH,
        whis=(0, 100),
        patch_artist=True,
        manage_ticks=False,
        boxprops={"facecolor": colour, "edgecolor": INK, "linewidth": 0.7},
        whiskerprops=line,
        capprops=line,
        medianprops=line,
        zorder=2,
    )
