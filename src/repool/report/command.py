"""Command of floor 5: render."""

import argparse
from pathlib import Path
from typing import Any


def add_commands(commands: Any) -> None:
    """Register the command with argparse's subparsers action."""
    render = commands.add_parser("render", help="tables, tests and figures -> the page, one self-contained HTML file")
    files = {"nargs": "*", "type": Path, "default": [], "metavar": "FILE"}
    render.add_argument("--tables", **files, help="tables/ARTIFACT.csv")
    render.add_argument("--tests", **files, help="tests/ARTIFACT.csv")
    render.add_argument("--figures", **files, help="figures/ARTIFACT.svg and .pdf")
    render.add_argument("--cards", **files, help="cards of the datasets")
    render.add_argument("--cells", **files, help="cells/DATASET/METHOD.json, written by collect --info")
    render.add_argument(
        "--run-info",
        required=True,
        metavar="JSON",
        help='what was configured, a file or the text: {"configuration", "file", "seeds": [...], '
        '"cells": [{"dataset", "methods": [...]}], "rebuild": "... ARTIFACT"}',
    )
    render.add_argument("--templates", type=Path, required=True, help="folder of the templates")
    render.add_argument("--captions", type=Path, required=True, help="folder of the captions")
    render.add_argument("--out", type=Path, required=True)
    render.set_defaults(run=run_render)


def run_render(options: argparse.Namespace) -> None:
    """Make the page."""
    from repool.report.inputs import read_inputs
    from repool.report.page import render

    inputs = read_inputs(
        tables=options.tables,
        tests=options.tests,
        figures=options.figures,
        cards=options.cards,
        cells=options.cells,
        run_info=options.run_info,
        captions=options.captions,
    )
    render(inputs, options.templates, options.out)
