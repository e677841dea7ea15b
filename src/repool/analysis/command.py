"""Commands of floor 3: collect, tabulate, test."""

import argparse
from pathlib import Path
from typing import Any

from repool.errors import UserError, nearest

SCORES = ("figure_1",)
COMPARISONS = ("table_1", "table_3", "global_mean_pooling")
DATASETS = ("table_s1",)


def add_commands(commands: Any) -> None:
    """Register the commands with argparse's subparsers action."""
    collect = commands.add_parser("collect", help="records of one cell -> its table, one row for each seed")
    collect.add_argument("--records", nargs="+", type=Path, required=True, metavar="FILE")
    collect.add_argument("--card", type=Path, required=True, help="card.json of the dataset")
    collect.add_argument("--out", type=Path, required=True, help="cell table (CSV)")
    collect.add_argument("--info", type=Path, help="also write versions, devices and durations (JSON), for the page")
    collect.set_defaults(run=run_collect)

    tabulate = commands.add_parser("tabulate", help="cell tables -> the table behind an artifact of the paper")
    add_artifact_arguments(tabulate, (*SCORES, *COMPARISONS, *DATASETS))
    tabulate.add_argument("--published", type=Path, required=True, help="the paper's numbers (published.yaml)")
    tabulate.set_defaults(run=run_tabulate)

    test = commands.add_parser("test", help="cell tables -> paired tests between methods")
    add_artifact_arguments(test, (*SCORES, *COMPARISONS))
    test.add_argument("--pairs", type=pairs, required=True, help="first:second[,first:second...]")
    test.set_defaults(run=run_test)


def add_artifact_arguments(command: argparse.ArgumentParser, artifacts: tuple[str, ...]) -> None:
    """The arguments that tables and tests of an artifact share."""
    command.add_argument("artifact", help=", ".join(artifacts))
    command.add_argument("--cells", nargs="*", type=Path, default=[], metavar="FILE", help="cell tables")
    command.add_argument("--cards", nargs="*", type=Path, default=[], metavar="FILE", help="cards of the datasets")
    command.add_argument("--methods", type=names, default=[], help="configured methods in order, by comma")
    command.add_argument("--datasets", type=names, default=[], help="configured datasets in order, by comma")
    command.add_argument("--out", type=Path, required=True)


def names(text: str) -> list[str]:
    """Split `a,b,c`."""
    return [name for name in text.split(",") if name]


def pairs(text: str) -> list[tuple[str, str]]:
    """Split `a:b,c:d`."""
    split = [tuple(pair.split(":")) for pair in names(text)]
    if not split or any(len(pair) != 2 or not all(pair) for pair in split):
        raise argparse.ArgumentTypeError(f"{text!r} is not first:second[,first:second...]")
    return [(first, second) for first, second in split]


def run_collect(options: argparse.Namespace) -> None:
    """Step 1 of the aggregation."""
    from repool.analysis.cells import collect

    collect(options.records, options.card, options.out, options.info)


def run_tabulate(options: argparse.Namespace) -> None:
    """Step 2 of the aggregation."""
    artifact = known_artifact(options.artifact, (*SCORES, *COMPARISONS, *DATASETS))
    from repool.analysis.grid import read_grid

    grid = read_grid(options.methods, options.datasets, options.cards)
    if artifact in SCORES:
        from repool.analysis import scores

        scores.tabulate(options.cells, options.out, grid)
    elif artifact in DATASETS:
        from repool.analysis import dataset_table

        dataset_table.tabulate(options.cards, options.published, options.out, grid)
    else:
        from repool.analysis import comparison

        comparison.tabulate(artifact, options.cells, options.published, options.out, grid)


def run_test(options: argparse.Namespace) -> None:
    """Paired tests of one artifact."""
    known_artifact(options.artifact, (*SCORES, *COMPARISONS))
    from repool.analysis.grid import read_grid
    from repool.analysis.paired import compare_pairs

    compare_pairs(
        options.cells, options.pairs, options.out, read_grid(options.methods, options.datasets, options.cards)
    )


def known_artifact(artifact: str, known: tuple[str, ...]) -> str:
    """The artifact, if the command knows it."""
    if artifact not in known:
        raise UserError(f"{artifact} is not an artifact of this command. {nearest(artifact, known)}")
    return artifact
