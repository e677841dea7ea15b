"""Commands of floor 3 over cells: collect, collect-curves, claims."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repool.errors import UserError
from repool.places import project_file
from repool.words.names import CURVE_MEASURES

if TYPE_CHECKING:
    from repool.schemas.record import Wanted

RECORDS = "records, or the files of blocks that name them (seeds-00-09.KEY.json)"


def add_commands(commands: Any) -> None:
    """Register the commands with argparse's subparsers action."""
    collect = commands.add_parser("collect", help="records of one cell -> its table, one row for each seed")
    collect.add_argument("--records", nargs="+", type=Path, required=True, metavar="FILE", help=RECORDS)
    collect.add_argument("--card", type=Path, required=True, help="card.json of the dataset")
    collect.add_argument("--out", type=Path, required=True, help="cell table (CSV)")
    add_best_epoch(collect)
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

    epochs = commands.add_parser("collect-epochs", help="records of one dataset -> the curves of all runs by epoch")
    epochs.add_argument("--records", nargs="+", type=Path, required=True, metavar="FILE", help=RECORDS)
    epochs.add_argument("--card", type=Path, required=True, help="card.json of the dataset")
    epochs.add_argument(
        "--wanted",
        type=json.loads,
        required=True,
        metavar="JSON",
        help='methods in order, each with what its records must be of: {"graclus": {"spec": {...}, "code": "..."}}',
    )
    add_best_epoch(epochs)
    epochs.add_argument("--out", type=Path, required=True, help="table of the curves (CSV)")
    epochs.set_defaults(run=run_collect_epochs)

    claims = commands.add_parser("claims", help="cell tables -> a verdict for each claim of the paper")
    claims.add_argument(
        "--claims", type=Path, default=project_file("config/claims.yaml"), help="what decides each claim"
    )
    add_published(claims)
    claims.add_argument("--cells", nargs="*", type=Path, default=[], metavar="FILE", help="cell tables")
    claims.add_argument("--sizes", type=json.loads, default=[], metavar="JSON", help="combinations of figure 8's grid")
    claims.add_argument("--out", type=Path, required=True)
    claims.set_defaults(run=run_claims)

    power = commands.add_parser(
        "power", help="how many seeds decide each claim: there, needed, hours of what is lacking"
    )
    power.add_argument(
        "--claims", type=Path, default=project_file("config/claims.yaml"), help="what decides each claim"
    )
    add_published(power)
    power.add_argument(
        "--results", type=Path, default=Path("results/paper"), help="whose runs are there; results/paper if not given"
    )
    power.set_defaults(run=run_power)


def add_published(command: argparse.ArgumentParser) -> None:
    """Where the paper's own numbers are."""
    numbers = project_file("config/published.yaml")
    command.add_argument("--published", type=Path, default=numbers, help="the paper's numbers and claims")


def add_best_epoch(command: argparse.ArgumentParser) -> None:
    """Which epoch of a run its score is of."""
    command.add_argument(
        "--best-epoch", choices=("first", "last"), default="first", help="which one counts where several are the best"
    )


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


def run_collect(options: argparse.Namespace) -> None:
    """Step 1 of the aggregation."""
    from repool.analysis.collect import collect
    from repool.schemas.block import records_of

    collect(records_of(options.records), options.card, options.out, options.info, wanted(options), options.best_epoch)


def run_collect_curves(options: argparse.Namespace) -> None:
    """Step 1 of the aggregation, for artifacts that show curves."""
    from repool.analysis.curves import collect
    from repool.schemas.block import records_of

    collect(records_of(options.records), options.card, options.out, options.curve, wanted(options))


def run_collect_epochs(options: argparse.Namespace) -> None:
    """Training epoch by epoch."""
    from repool.analysis.epochs import collect
    from repool.schemas.block import records_of
    from repool.schemas.record import Wanted

    methods = {method: Wanted(by.get("spec"), by.get("code")) for method, by in options.wanted.items()}
    collect(records_of(options.records), options.card, options.out, methods, options.best_epoch)


def run_power(options: argparse.Namespace) -> None:
    """Seeds that are needed."""
    from repool.analysis.power import power

    cells = sorted((options.results / "tables" / "cells").glob("*/*.csv"))
    print(power(options.claims, options.published, cells))


def run_claims(options: argparse.Namespace) -> None:
    """Verdicts."""
    from repool.analysis.claims.verdicts import judge

    judge(options.claims, options.published, options.cells, options.out, options.sizes)
