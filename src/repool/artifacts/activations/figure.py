"""Figures 5, 6 and S2 to S13: embeddings of three graphs as matrices, a row a node or cluster, a column a feature."""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repool.artifacts.activations.table import Matrix, matrices
from repool.figures.panels import title
from repool.figures.style import Style
from repool.words.names import layer_label, method_label

# Darker is lower, as in the paper.
COLOURS = "viridis"
# In inches: left of the matrices, between two of a graph, between graphs, and the share of a panel's height.
LEFT, GAP, WIDE_GAP, HEIGHT = 0.24, 0.07, 0.2, 0.55
# Above the first words, in inches.
EDGE = 0.03
# Of a line of words, in type sizes.
WORDS = 1.7


@dataclass(frozen=True)
class Line:
    """One line of the figure: what stands left of it, and its groups of matrices; none where nothing ran, or failed."""

    label: str
    groups: list[list[Matrix]]
    status: str


def draw(rows: pd.DataFrame, style: Style) -> Figure:
    """The figure of a table of activations, under the settings in force, every matrix of the same size.

    Places are computed rather than solved for: matrices of few rows would otherwise weigh on the layout.
    """
    lines = arranged(rows)
    words, height = style.font_size * WORDS / 72, style.panel_height * HEIGHT
    name, graphs = title(", ".join(rows["dataset"].unique()), set(rows["status"])), shared_graphs(lines)
    top = words * (name.count("\n") + 1 + bool(graphs))
    size = style.width, top + len(lines) * (words + height + GAP)
    figure = plt.figure(figsize=size)
    figure.text(0.5, 1 - EDGE / size[1], name, ha="center", va="top", fontsize=style.font_size + 1)
    for number, line in enumerate(lines):
        bottom = size[1] - top - (number + 1) * (words + height + GAP) + GAP
        draw_line(figure, line, bottom, height, style)
    if graphs:
        line = next(line for line in lines if line.groups)
        for graph, group, (left, width) in zip(graphs, line.groups, places(line, size[0]), strict=True):
            centre = left + (len(group) * (width + GAP) - GAP) / 2
            figure.text(centre / size[0], 1 - (top - words) / size[1], f"Graph {graph}", ha="center", va="top")
    return figure


def draw_line(figure: Figure, line: Line, bottom: float, height: float, style: Style) -> None:
    """One line of matrices at that place, in inches from below."""
    width, whole = figure.get_size_inches()
    middle = (bottom + height / 2) / whole
    figure.text(LEFT / 2 / width, middle, line.label, rotation=90, ha="center", va="center")
    if not line.groups:
        figure.text(0.5, middle, line.status, ha="center", va="center", style="italic")
    for group, (left, each) in zip(line.groups, places(line, width), strict=True):
        for position, matrix in enumerate(group):
            corner = left + position * (each + GAP)
            axes = figure.add_axes((corner / width, bottom / whole, each / width, height / whole))
            draw_matrix(axes, matrix, f"{line.label}-{matrix.graph}-{matrix.layer}", style)


def arranged(rows: pd.DataFrame) -> list[Line]:
    """A line a method with its graphs side by side; of a single method a line a graph with its layers side by side."""
    found = {
        (str(dataset), str(method)): by_graph(matrices(part))
        for (dataset, method), part in rows.groupby(["dataset", "method"], sort=False)
    }
    if len(found) == 1:
        ((_, method),) = found
        graphs = found[rows["dataset"].iloc[0], method]
        status = str(rows["status"].iloc[0])
        return [Line(f"Graph {group[0].graph}", [group], status) for group in graphs] or [
            Line(method_label(method), [], status)
        ]
    statuses = rows.groupby(["dataset", "method"])["status"].first()
    several = rows["dataset"].nunique() > 1
    return [
        Line(f"{method_label(method)}{f', {dataset}' if several else ''}", graphs, str(statuses[dataset, method]))
        for (dataset, method), graphs in found.items()
    ]


def by_graph(found: list[Matrix]) -> list[list[Matrix]]:
    """The matrices of each graph, layer by layer."""
    return [[one for one in found if one.graph == graph] for graph in dict.fromkeys(one.graph for one in found)]


def shared_graphs(lines: list[Line]) -> list[int]:
    """The graphs that stand side by side, where they are the same in every line: they are named once, on top."""
    graphs = [[group[0].graph for group in line.groups] for line in lines if line.groups]
    return graphs[0] if graphs and len(graphs[0]) > 1 and all(other == graphs[0] for other in graphs) else []


def places(line: Line, width: float) -> list[tuple[float, float]]:
    """Where each group of a line begins, and how wide each of its matrices is, in inches."""
    number = sum(map(len, line.groups))
    if not number:
        return []
    inner = (len(line.groups) - 1) * WIDE_GAP + sum(len(group) - 1 for group in line.groups) * GAP
    each = (width - LEFT - inner) / number
    found, left = [], LEFT
    for group in line.groups:
        found.append((left, each))
        left += len(group) * (each + GAP) - GAP + WIDE_GAP
    return found


def draw_matrix(axes: Axes, matrix: Matrix, name: str, style: Style) -> None:
    """One matrix on a scale of its own, as an image of a pixel a value: thousands of shapes would be megabytes."""
    image = axes.imshow(matrix.values, cmap=COLOURS, aspect="auto", interpolation="none")
    image.set_gid("matrix-" + "".join(letter if letter.isalnum() else "-" for letter in name))
    words = f"{layer_label(matrix.layer)} [{len(matrix.values)}]"
    axes.set_title(words, fontsize=style.font_size - 1.5, pad=2)
    axes.set_axis_off()
