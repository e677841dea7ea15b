"""Figure 8: a heat map of the gap between two methods over layers and dimensions."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from repool.figures.panels import panels, shown, title
from repool.figures.style import INK, Style
from repool.words.inks import EMPTY
from repool.words.names import METRICS, method_label
from repool.words.numerals import Kind, numeral

# The paper's claim: no gap is larger. The colours end there, and a larger one is framed.
LIMIT = 0.05
# Red where the second method is better, as in the paper, blue where the first one is.
COLOURS = LinearSegmentedColormap.from_list("gap", ["#2166ac", "#f7f7f7", "#b2182b"])
# Of words on light fields, which stay light on a dark page.
WORDS = "#1a1a1a"
DARK = 0.8
CELL_HEIGHT = 0.3
# Where the size begins in the name of a grid's method (graclus-layers-5-hidden-32).
SIZE = "-layers-"


def draw(gaps: pd.DataFrame, style: Style) -> Figure:
    """The figure of a table of gaps, under the settings in force."""
    gaps = shown(gaps, "advantage")
    datasets = list(dict.fromkeys(gaps["dataset"]))
    height = max(style.panel_height, CELL_HEIGHT * gaps["layers"].nunique())
    figure, grid = panels(len(datasets), style, height)
    for axes, dataset in zip(grid, datasets, strict=True):
        draw_panel(axes, dataset, gaps[gaps["dataset"] == dataset], style)
    scale = plt.cm.ScalarMappable(norm(), COLOURS)
    bar = figure.colorbar(scale, ax=grid, shrink=0.8, aspect=30, ticks=[-LIMIT, 0, LIMIT])
    bar.outline.set_visible(False)
    first, second = (method_label(gaps[name].iloc[0].partition(SIZE)[0]) for name in ("first_method", "second_method"))
    bar.set_label(f"← {first} better · {second} better →", fontsize=style.font_size - 1)
    return figure


def norm() -> Normalize:
    """White is no gap; the colours end at the paper's limit on either side."""
    return Normalize(-LIMIT, LIMIT)


def draw_panel(axes: Axes, dataset: str, gaps: pd.DataFrame, style: Style) -> None:
    """One dataset: layers downwards, dimensions to the right, in each field the first method's score."""
    metric = METRICS[gaps["metric"].iloc[0]]
    by_size = gaps.assign(gap=gaps["advantage"] / metric.scale).set_index(["layers", "hidden"])
    layers, hidden = sorted(set(gaps["layers"])), sorted(set(gaps["hidden"]))
    shares = by_size["gap"].unstack("hidden").reindex(index=layers, columns=hidden).to_numpy(dtype=float)
    printed = by_size["printed"].unstack("hidden").reindex(index=layers, columns=hidden).to_numpy(dtype=float)
    axes.set_title(title(dataset, set(gaps["status"])))
    axes.grid(visible=False)
    axes.set(xlabel="Dimensions", ylabel="Layers")
    axes.set_xticks(range(len(hidden)), [str(int(width)) for width in hidden])
    axes.set_yticks(range(len(layers)), [str(int(number)) for number in layers])
    axes.tick_params(length=0)
    axes.set(xlim=(-0.5, len(hidden) - 0.5), ylim=(len(layers) - 0.5, -0.5))
    axes.spines[:].set_visible(False)
    for row, column in np.ndindex(shares.shape):
        draw_field(axes, row, column, shares[row, column], printed[row, column], style)


def draw_field(axes: Axes, row: int, column: int, gap: float, printed: float, style: Style) -> None:
    """One combination; one that has not run is grey and empty."""
    known = not np.isnan(gap)
    colour = COLOURS(norm()(np.clip(gap, -LIMIT, LIMIT))) if known else EMPTY
    beyond = known and abs(gap) > LIMIT
    corner = (column - 0.47, row - 0.47)
    axes.add_patch(Rectangle(corner, 0.94, 0.94, facecolor=colour, edgecolor=INK if beyond else "none", linewidth=1.2))
    if known:
        dark = abs(gap) > DARK * LIMIT
        words = numeral(printed, Kind.AVERAGE)
        axes.text(
            column, row, words, ha="center", va="center", fontsize=style.font_size - 1, color="white" if dark else WORDS
        )
