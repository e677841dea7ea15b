"""A figure of panels, one for each dataset."""

import math

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repool.figures.style import Style
from repool.words.names import EXACT, FAILED, PENDING

ROW_MARGIN = 0.62


def panels(number: int, style: Style, height: float | None = None) -> tuple[Figure, list[Axes]]:
    """A figure with that many panels, each with a scale of its own; `height` in inches, the style's if None."""
    columns = columns_for(number)
    rows = math.ceil(number / columns)
    size = (style.width if columns > 1 else style.width / 2, rows * ((height or style.panel_height) + ROW_MARGIN))
    figure, grid = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")
    for axes in grid.flat[number:]:
        axes.remove()
    return figure, list(grid.flat[:number])


def rows_of_two(number: int, style: Style, shares: tuple[float, float]) -> tuple[Figure, list[tuple[Axes, Axes]]]:
    """A figure of that many rows, each of two panels of these shares of its width."""
    size = style.width, number * (style.panel_height + ROW_MARGIN)
    figure, grid = plt.subplots(number, 2, figsize=size, squeeze=False, layout="constrained", width_ratios=shares)
    return figure, [(left, right) for left, right in grid]


def shown(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    """The rows of datasets that have that value anywhere; all of them where none has."""
    ran = rows.groupby("dataset")[value].transform(lambda values: values.notna().any())
    return rows[ran] if ran.any() else rows


def columns_for(number: int) -> int:
    """Columns of the grid: up to three, and four panels as two rows of two."""
    return 2 if number == 4 else min(number, 3)


def title(dataset: str, statuses: set[str]) -> str:
    """The name of a dataset, and below it what its data are if they are not the paper's own."""
    return "\n".join([dataset, *(f"{status} data" for status in sorted(statuses - {EXACT, PENDING, FAILED}))])
