"""Command of floor 4: plot."""

import argparse
import importlib
import os
from pathlib import Path
from typing import Any

from repool.analysis.artifacts import ACTIVATIONS, CURVES, DISTRIBUTION, GAPS, KINDS
from repool.errors import UserError, nearest

# The module of src/repool/figures/ that draws a kind of table.
MODULES = {DISTRIBUTION: "distributions", CURVES: "curves", GAPS: "gaps", ACTIVATIONS: "activations"}
FIGURES = {name: MODULES[kind] for name, kind in KINDS.items() if name.startswith("figure_") and kind in MODULES}


def add_commands(commands: Any) -> None:
    """Register the command with argparse's subparsers action."""
    plot = commands.add_parser("plot", help="the table behind a figure -> SVG and PDF")
    plot.add_argument("artifact", help=", ".join(FIGURES))
    plot.add_argument("--table", type=Path, required=True, help="table of the artifact (CSV)")
    plot.add_argument("--svg", type=Path, required=True)
    plot.add_argument("--pdf", type=Path, required=True)
    plot.add_argument("--style", default="{}", metavar="JSON", help="palette, font_size, width, panel_height, kind")
    plot.set_defaults(run=run_plot)


def run_plot(options: argparse.Namespace) -> None:
    """Draw one artifact."""
    if options.artifact not in FIGURES:
        raise UserError(f"{options.artifact} is not a figure. {nearest(options.artifact, FIGURES)}")
    # Whatever a notebook has set: files are drawn, nothing is shown.
    os.environ["MPLBACKEND"] = "Agg"
    from repool.figures.style import read_style

    module = importlib.import_module(f"repool.figures.{FIGURES[options.artifact]}")
    module.plot(options.table, options.svg, options.pdf, read_style(options.style))
