"""A table as a picture: what every figure does around its own drawing."""

from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from repool.analysis.tables import read_table
from repool.errors import UserError
from repool.figures.style import Style, drawing, save

Draw = Callable[[pd.DataFrame, Style], Figure]


def plot(
    table: Path, columns: Sequence[str], text: Sequence[str], draw: Draw, style: Style, svg: Path, pdf: Path
) -> None:
    """Draw a table as SVG and PDF.

    Args:
        table: the file, with these `columns`, of which those in `text` hold text.
        draw: the figure of its rows, made under the settings in force.
        style: of every figure.
        svg, pdf: the files to write.

    Raises UserError where the table lacks a column, or has no rows.
    """
    rows = read_table(table, columns, text)
    if rows.empty:
        raise UserError(f"{table} has no rows: there is nothing to draw.")
    with drawing(style):
        figure = draw(rows, style)
        save(figure, svg, pdf)
        plt.close(figure)
