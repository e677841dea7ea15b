"""Commands of floor 3: collect, tabulate, test."""

import argparse
import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repool.analysis.artifacts import CURVE_MEASURES, KINDS, MODULES, kind, measure
from repool.errors import UserError
from repool.places import project_file

if TYPE_CHECKING:
    from repool.schemas.record import Wanted

RECORDS = "records, or the files of blocks that name them (seeds-00-09.KEY.json)"


def add_commands(commands: Any) -> None:
    """Register the commands with argparse's subparsers action."""
    collect = commands.add_parser("collect", help="records of one cell -> its table, one row for each seed")
    collect.add_argument("--records", nargs="+", type=Path, required=True, metavar="FILE", help=RECORDS)
    collect.add_argument("--card", type=Path, required=True, help="card.json of the dataset")
    collect.add_argument("--out", type=Path, required=True, help="cell table (CSV)")
    add_wanted(collect)
    collect.add_argument("--info", type=Path, help="also write versions, devices and durations (JSON), for the page")
    collect.set_defaults(run=run_collect)

    curves = commands.add_parser("collect-curves", help="records of one cell -> the mean of one of its curves by epoch")
    curves.add_argument("curve", choices=CURVE_MEASURES, metavar="CURVE", help=", ".join(CURVE_MEASURES))
    curves.add_argument("--records", nargs="+", type=Path, required=True, metavar="FILE", help=RECORDS)
    curves.add_argument("--card", type=Path, required=True, help="card.json of the dataset")
    add_wanted(curves)
    curves.add_argument("--out", type=Path, required=True, help="table of the curve (CSV)")
    curves.set_defaults(run=run_collect_curves)

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
    test.set_defaults(run=run_test)

    rank = commands.add_parser("rank", help="cell tables -> average ranks of methods across datasets")
    add_artifact_arguments(rank)
    rank.set_defaults(run=run_rank)
    add_statements(commands)


def add_statements(commands: Any) -> None:
    """The commands over all artifacts."""
    claims = commands.add_parser("claims", help="cell tables -> a verdict for each claim of the paper")
    claims.add_argument(
        "--claims", type=Path, default=project_file("config/claims.yaml"), help="what decides each claim"
    )
    add_published(claims)
    claims.add_argument("--cells", nargs="*", type=Path, default=[], metavar="FILE", help="cell tables")
    claims.add_argument("--sizes", type=json.loads, default=[], metavar="JSON", help="combinations of figure 8's grid")
    claims.add_argument("--out", type=Path, required=True)
    claims.set_defaults(run=run_claims)

    numbers = commands.add_parser("numbers", help="tables, tests, ranks and claims -> every number with its sources")
    for name in ("tables", "tests", "ranks"):
        numbers.add_argument(f"--{name}", nargs="*", type=Path, default=[], metavar="FILE", help=f"{name}/ARTIFACT.csv")
    numbers.add_argument("--claims", type=Path, help="claims.json")
    numbers.add_argument("--out", type=Path, required=True)
    numbers.set_defaults(run=run_numbers)

    trace = commands.add_parser("trace", help="the runs behind a number, such as table_1.NCI1.graclus.mean")
    trace.add_argument("number", metavar="NUMBER")
    trace.add_argument("--results", type=Path, help="results/NAME (default: the only one that has numbers)")
    trace.set_defaults(run=run_trace)


def add_published(command: argparse.ArgumentParser) -> None:
    """Where the paper's own numbers are."""
    numbers = project_file("config/published.yaml")
    command.add_argument("--published", type=Path, default=numbers, help="the paper's numbers and claims")


def add_artifact_arguments(command: argparse.ArgumentParser) -> None:
    """The arguments that tables and tests of an artifact share."""
    command.add_argument("artifact", help=", ".join(KINDS))
    command.add_argument("--cells", nargs="*", type=Path, default=[], metavar="FILE", help="cell tables")
    command.add_argument("--cards", nargs="*", type=Path, default=[], metavar="FILE", help="cards of the datasets")
    command.add_argument("--methods", type=names, default=[], help="configured methods in order, by comma")
    command.add_argument("--datasets", type=names, default=[], help="configured datasets in order, by comma")
    command.add_argument("--out", type=Path, required=True)


def add_wanted(command: argparse.ArgumentParser) -> None:
    """What the records must have been trained by."""
    command.add_argument("--spec", metavar="JSON", help="refuse records of another spec (`repool spec` prints one)")
    command.add_argument("--code", metavar="HASH", help="refuse records of other training code")


def wanted(options: argparse.Namespace) -> "Wanted":
    """The same, read."""
    from repool.schemas.record import Wanted

    try:
        return Wanted(json.loads(options.spec) if options.spec else None, options.code)
    except ValueError as error:
        raise UserError(f"--spec is not valid JSON ({error}). `repool spec` prints one.") from None


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
    from repool.schemas.block import records_of

    collect(records_of(options.records), options.card, options.out, options.info, wanted(options))


def run_collect_curves(options: argparse.Namespace) -> None:
    """Step 1 of the aggregation, for artifacts that show curves."""
    from repool.analysis.curves import collect
    from repool.schemas.block import records_of

    collect(records_of(options.records), options.card, options.out, options.curve, wanted(options))


def run_tabulate(options: argparse.Namespace) -> None:
    """Step 2 of the aggregation."""
    module = MODULES[kind(options.artifact)]
    from repool.analysis.grid import read_grid
    from repool.analysis.request import Request
    from repool.schemas.block import activations_of

    importlib.import_module(f"repool.analysis.{module}").tabulate(
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
    score = measure(options.artifact)
    from repool.analysis.grid import read_grid
    from repool.analysis.paired import compare_pairs

    grid = read_grid(options.methods, options.datasets, options.cards)
    compare_pairs(options.cells, options.pairs, options.out, grid, score, options.margins)


def run_rank(options: argparse.Namespace) -> None:
    """Friedman's test of one artifact."""
    kind(options.artifact)
    from repool.analysis.grid import read_grid
    from repool.analysis.ranks import rank

    rank(options.cells, options.out, read_grid(options.methods, options.datasets, options.cards))


def run_claims(options: argparse.Namespace) -> None:
    """Verdicts."""
    from repool.analysis.claims import judge

    judge(options.claims, options.published, options.cells, options.out, options.sizes)


def run_numbers(options: argparse.Namespace) -> None:
    """Numbers."""
    from repool.analysis.numbers import collect

    collect(options.tables, options.tests, options.ranks, options.claims, options.out)


def run_trace(options: argparse.Namespace) -> None:
    """From a number to its runs."""
    from repool.analysis.trace import only_results, trace

    print(trace(options.number, options.results or only_results(Path("results"))))
