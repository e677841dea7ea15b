"""Figures 1, 2 and 4: the distribution of the test scores over runs, one panel for each dataset."""

from itertools import pairwise

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repool.analysis.statistics import CONFIDENCE, mean_with_interval
from repool.figures.panels import rows_of_two, shown, title
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
# Where the points stand, how wide what the paper prints is, and the shares of scores and differences of a row.
POINTS = 0.24
WIDTH = 0.9
SHARES = (2.0, 1.0)


def draw(runs: pd.DataFrame, style: Style) -> Figure:
    """The figure of a table of runs, under the settings in force: a row a dataset that has any."""
    runs = shown(runs, "test")
    methods = list(dict.fromkeys(runs["method"]))
    datasets = list(dict.fromkeys(runs["dataset"]))
    figure, grid = rows_of_two(len(datasets), style, SHARES)
    for (left, right), dataset in zip(grid, datasets, strict=True):
        rows = runs[runs["dataset"] == dataset]
        draw_scores(left, dataset, rows, methods, style)
        draw_differences(right, rows, methods, style)
    make_labels_fit(figure)
    return figure


def draw_scores(axes: Axes, dataset: str, runs: pd.DataFrame, methods: list[str], style: Style) -> None:
    """One dataset on its own scale; a method without runs says that it is pending, or failed."""
    metric = METRICS[runs["metric"].iloc[0]]
    axes.set_title(title(dataset, set(runs["status"])))
    axes.set_ylabel(f"{metric.label}{' (%)' if metric.unit == '%' else ''}")
    if not metric.higher_is_better:
        axes.annotate("lower is better", (0, 1), xycoords="axes fraction", va="bottom", fontsize=style.font_size - 1.5)
    colours = style.colours(methods)
    labels = []
    for position, method in enumerate(methods):
        cell = runs[runs["method"] == method]
        scores = cell["test"].dropna().to_numpy(dtype=float)
        if len(cell):
            draw_published(axes, position, cell)
        if len(scores):
            draw_method(axes, position, scores, colours[method], MARKERS[position % len(MARKERS)], style.kind)
        failed = int((cell["status"] == FAILED).sum())
        labels.append(f"{method_label(method)}\n{words(len(scores), failed)}")
    join_seeds(axes, runs, methods)
    axes.set_xlim(-0.55, len(methods) - 0.45)
    axes.set_xticks(range(len(methods)), labels)
    axes.tick_params(axis="x", length=0, labelsize=style.font_size - 1)
    axes.margins(y=0.1)
    if runs["test"].isna().all():
        axes.set_yticks([])


def draw_published(axes: Axes, position: int, cell: pd.DataFrame) -> None:
    """What the paper prints of a cell, behind it: its mean as a line, one deviation as a band."""
    mean, std = (cell[name].iloc[0] for name in ("published_mean", "published_std"))
    ends = position - WIDTH / 2, position + WIDTH / 2
    if not pd.isna(std):
        axes.fill_between(ends, mean - std, mean + std, color=INK, alpha=0.1, linewidth=0, zorder=0)
    if not pd.isna(mean):
        axes.hlines(mean, *ends, color=INK, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)


def join_seeds(axes: Axes, runs: pd.DataFrame, methods: list[str]) -> None:
    """A thin line through the points of each seed, for methods meet on the same splits."""
    by_seed = runs.dropna(subset=["test"]).pivot(index="seed", columns="method", values="test").reindex(columns=methods)
    for scores in by_seed.to_numpy(dtype=float):
        axes.plot(np.arange(len(methods)) + POINTS, scores, color=INK, linewidth=0.4, alpha=0.25, zorder=1)


def draw_differences(axes: Axes, runs: pd.DataFrame, methods: list[str], style: Style) -> None:
    """By how much each further method differs from the first, seed by seed, with t intervals and the margin."""
    scores = runs.dropna(subset=["test"]).pivot(index="seed", columns="method", values="test").reindex(columns=methods)
    found = {method: (scores[method] - scores[methods[0]]).dropna().to_numpy(dtype=float) for method in methods[1:]}
    if not any(map(len, found.values())):
        axes.set_axis_off()
        return
    axes.set_title(f"minus {method_label(methods[0])}")
    axes.axhline(0, color=INK, linewidth=0.6)
    margin = runs["margin"].iloc[0]
    if not pd.isna(margin):
        axes.axhspan(-margin, margin, color=INK, alpha=0.1, linewidth=0, zorder=0)
    colours = style.colours(methods)
    for position, (method, differences) in enumerate(found.items()):
        if len(differences):
            points = position + spread(len(differences), 0.3)
            axes.plot(points, differences, "o", color=colours[method], markersize=2.4, alpha=0.7, zorder=2)
            mean, low, high = mean_with_interval(differences, CONFIDENCE)
            axes.vlines(position - GAP, low, high, color=INK, linewidth=1.2, zorder=3)
            axes.plot(position - GAP, mean, "D", color=INK, markersize=3.2, zorder=4)
    axes.set_xlim(-0.55, len(found) - 0.45)
    axes.set_xticks(range(len(found)), [f"{method_label(method)}\nn = {len(own)}" for method, own in found.items()])
    axes.tick_params(axis="x", length=0, labelsize=style.font_size - 1)


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
    axes.scatter(
        position + POINTS + spread(len(scores), 0.12),
        scores,
        s=11,
        marker=marker,
        color=colour,
        edgecolor=INK,
        linewidth=0.35,
        zorder=3,
    )


def spread(number: int, width: float) -> np.ndarray:
    """Places side by side in a fixed pattern, since points at one height would hide each other."""
    places: np.ndarray = width * (np.modf(np.arange(number) * 0.618034)[0] - 0.5)
    return places


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
