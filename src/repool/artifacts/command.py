"""Commands of one artifact: tabulate, test, rank, plot."""

import argparse
import json
import os
from pathlib import Path
from typing import Any

from repool.analysis.command import add_published
from repool.errors import UserError, nearest


def add_commands(commands: Any) -> None:
    """Register the commands with argparse's subparsers action."""
    tabulate = commands.add_parser("tabulate", help="cell tables -> the table behind an artifact of the paper")
    add_artifact_arguments(tabulate)
    add_published(tabulate)
    tabulate.add_argument("--curves", nargs="*", type=Path, default=[], metavar="FILE", help="tables of curves")
    tabulate.add_argument("--summaries", nargs="*", type=Path, default=[], metavar="FILE", help="JSON of the cells")
    tabulate.add_argument(
        "--activations", nargs="*", type=Path, default=[], metavar="FILE", help="of blocks, or embeddings themselves"
    )
    tabulate.add_argument("--sizes", type=json.loads, default=[], metavar="JSON", help="combinations of a grid")
    tabulate.add_argument("--margins", type=json.loads, default={}, metavar="JSON", help="margins by measure")
    tabulate.set_defaults(run=run_tabulate)

    test = commands.add_parser("test", help="cell tables -> paired tests between methods")
    add_artifact_arguments(test)
    test.add_argument("--pairs", type=pairs, required=True, help="first:second[,first:second...]")
    test.add_argument("--margins", type=json.loads, default={}, metavar="JSON", help="margins of equivalence by metric")
    add_minimum(test)
    test.set_defaults(run=run_test)

    rank = commands.add_parser("rank", help="cell tables -> average ranks of methods across datasets")
    add_artifact_arguments(rank)
    add_minimum(rank)
    rank.set_defaults(run=run_rank)

    plot = commands.add_parser("plot", help="the table behind a figure -> SVG and PDF")
    plot.add_argument("artifact", help="such as figure_1")
    plot.add_argument("--table", type=Path, required=True, help="table of the artifact (CSV)")
    plot.add_argument("--svg", type=Path, required=True)
    plot.add_argument("--pdf", type=Path, required=True)
    plot.add_argument("--style", default="{}", metavar="JSON", help="palette, font_size, width, panel_height, kind")
    plot.set_defaults(run=run_plot)


def add_artifact_arguments(command: argparse.ArgumentParser) -> None:
    """The arguments that tables and tests of an artifact share."""
    command.add_argument("artifact", help="such as table_1")
    command.add_argument("--cells", nargs="*", type=Path, default=[], metavar="FILE", help="cell tables")
    command.add_argument("--cards", nargs="*", type=Path, default=[], metavar="FILE", help="cards of the datasets")
    command.add_argument("--methods", type=names, default=[], help="configured methods in order, by comma")
    command.add_argument("--datasets", type=names, default=[], help="configured datasets in order, by comma")
    command.add_argument("--out", type=Path, required=True)


def add_minimum(command: argparse.ArgumentParser) -> None:
    """How many seeds a statistic needs."""
    command.add_argument(
        "--minimum-seeds", type=int, default=1, metavar="N", help="with fewer there is no p value, effect or rank"
    )


def names(text: str) -> list[str]:
    """Split `a,b,c`."""
    return [name for name in text.split(",") if name]


def pairs(text: str) -> list[tuple[str, str]]:
    """Split `a:b,c:d`."""
    split = [tuple(pair.split(":")) for pair in names(text)]
    if not split or any(len(pair) != 2 or not all(pair) for pair in split):
        raise argparse.ArgumentTypeError(f"{text!r} is not first:second[,first:second...]")
    return [(first, second) for first, second in split]


def run_tabulate(options: argparse.Namespace) -> None:
    """Step 2 of the aggregation."""
    from repool.analysis.grid import read_grid
    from repool.artifacts import kinds
    from repool.artifacts.request import Request
    from repool.paper import kind
    from repool.schemas.block import activations_of

    kinds.part(kind(options.artifact), "table").tabulate(
        Request(
            artifact=options.artifact,
            grid=read_grid(options.methods, options.datasets, options.cards),
            published=options.published,
            cells=options.cells,
            cards=options.cards,
            curves=options.curves,
            summaries=options.summaries,
            activations=activations_of(options.activations),
            sizes=options.sizes,
            margins=options.margins,
            out=options.out,
        )
    )


def run_test(options: argparse.Namespace) -> None:
    """Paired tests of one artifact."""
    from repool.artifacts import kinds
    from repool.paper import kind

    measure = kinds.needs(kind(options.artifact)).measure(options.artifact)
    from repool.analysis.grid import read_grid
    from repool.analysis.paired import compare_pairs

    grid = read_grid(options.methods, options.datasets, options.cards)
    compare_pairs(options.cells, options.pairs, options.out, grid, measure, options.margins, options.minimum_seeds)


def run_rank(options: argparse.Namespace) -> None:
    """Friedman's test of one artifact."""
    from repool.paper import kind

    kind(options.artifact)
    from repool.analysis.grid import read_grid
    from repool.analysis.ranks import rank

    grid = read_grid(options.methods, options.datasets, options.cards)
    rank(options.cells, options.out, grid, options.minimum_seeds)


def run_plot(options: argparse.Namespace) -> None:
    """Draw one artifact."""
    from repool import paper
    from repool.artifacts import kinds

    figures = [name for name, kind in paper.kinds().items() if kinds.has(kind, "figure")]
    if options.artifact not in figures:
        raise UserError(f"{options.artifact} is not a figure. {nearest(options.artifact, figures)}")
    # Whatever a notebook has set: files are drawn, nothing is shown.
    os.environ["MPLBACKEND"] = "Agg"
    from repool.figures.picture import plot
    from repool.figures.style import read_style

    table, figure = (kinds.part(paper.kind(options.artifact), name) for name in ("table", "figure"))
    style = read_style(options.style)
    plot(options.table, table.COLUMNS, table.TEXT, figure.draw, style, options.svg, options.pdf)
