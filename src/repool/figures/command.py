"""Command of floor 4 beside artifacts: plot-training."""

import argparse
import os
from pathlib import Path
from typing import Any


def add_commands(commands: Any) -> None:
    """Register the command with argparse's subparsers action."""
    plot = commands.add_parser("plot-training", help="the curves of a dataset by epoch -> SVG and PDF")
    plot.add_argument("--table", type=Path, required=True, help="written by collect-epochs (CSV)")
    plot.add_argument("--svg", type=Path, required=True)
    plot.add_argument("--pdf", type=Path, required=True)
    plot.add_argument("--style", default="{}", metavar="JSON", help="palette, font_size, width")
    plot.set_defaults(run=run_plot_training)


def run_plot_training(options: argparse.Namespace) -> None:
    """Draw the trainings of one dataset."""
    # Whatever a notebook has set: files are drawn, nothing is shown.
    os.environ["MPLBACKEND"] = "Agg"
    from repool.analysis.epochs import COLUMNS, TEXT
    from repool.figures import training
    from repool.figures.picture import plot
    from repool.figures.style import read_style

    plot(options.table, COLUMNS, TEXT, training.draw, read_style(options.style), options.svg, options.pdf)
