"""`repool plan` and `repool status`."""

import argparse
import json
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repool.places import project_file

if TYPE_CHECKING:
    from repool.planning.state import Reader

# Of a terminal: to its first line, and nothing below.
CLEAR = "\033[H\033[2J"


def add_commands(commands: Any) -> None:
    """Register both commands with argparse's subparsers action."""
    plan = commands.add_parser(
        "plan",
        help="what a call of snakemake would run, why, and what it takes",
        description="What a call of snakemake would run, why, and what it takes: put the words of the call here, "
        "targets first. Nothing runs but what --probe asks for.",
        usage="repool plan [TARGET ...] [options of snakemake] [--all] [--json] [--probe] [--archive DIR]",
        allow_abbrev=False,
    )
    plan.add_argument("--all", action="store_true", help="name every job and every cell")
    plan.add_argument("--json", action="store_true", help="for other programs")
    plan.add_argument(
        "--probe", action="store_true", help="first train two epochs of each cell that has not run as it is"
    )
    plan.add_argument(
        "--archive", type=Path, default=project_file("results/archive"), metavar="DIR", help="default: this project's"
    )
    plan.set_defaults(run=_plan, takes_more=True)
    status = commands.add_parser(
        "status",
        help="how far the runs are: done, running, failed and pending, from the files alone",
        description="How far the runs are, from the files alone, also while they train and on another machine.",
    )
    status.add_argument("--configuration", metavar="NAME", help="results/NAME alone (default: every one that was run)")
    status.add_argument("--directory", type=Path, default=Path(), metavar="DIR", help="as of snakemake; default: here")
    status.add_argument(
        "--configfile", nargs="+", type=Path, metavar="FILE", help="overlays, for what snakemake never ran here"
    )
    status.add_argument("--seeds", type=int, metavar="N", help="of the seeds 0 to N - 1, with --configfile")
    status.add_argument("--all", action="store_true", help="name every method of a grid and every failure")
    status.add_argument("--json", action="store_true", help="for other programs")
    status.add_argument(
        "--watch", nargs="?", type=float, const=5.0, metavar="S", help="again every S seconds (5), until Ctrl-C"
    )
    status.set_defaults(run=_status)


def _plan(options: argparse.Namespace) -> None:
    from repool.planning.jobs import planned
    from repool.planning.measured import measured
    from repool.planning.plan import as_json, plan
    from repool.planning.probing import probed
    from repool.planning.shown import lines

    found = planned(options.more)
    archive = options.archive.absolute()
    epochs = measured(project_file("benchmarks/results/paper_cost.csv"))
    made = plan(found, archive, epochs)
    if options.probe:
        for sentence in probed(made):
            print(sentence, file=sys.stderr, flush=True)
        made = plan(found, archive, epochs)
    if options.json:
        print(json.dumps(as_json(made), indent=1))
        return
    print("\n".join(lines(made, options.all)))


def _status(options: argparse.Namespace) -> None:
    from repool.planning.state import Reader

    reader = Reader()
    if options.watch is None:
        print(_states(options, reader))
        return
    with suppress(KeyboardInterrupt):
        while True:
            print(f"{CLEAR if sys.stdout.isatty() else ''}{_states(options, reader)}", flush=True)
            time.sleep(options.watch)


def _states(options: argparse.Namespace, reader: "Reader") -> str:
    """How far each configuration is."""
    from repool.planning.shown_state import as_json, lines

    states = [(config, reader.state(config, results)) for config, results in _configurations(options)]
    if options.json:
        return json.dumps([as_json(state) for _, state in states], indent=None if options.watch else 1)
    return "\n\n".join("\n".join(lines(config, state, options.all)) for config, state in states)


def _configurations(options: argparse.Namespace) -> list[tuple[dict[str, Any], Path]]:
    """Each configuration that is asked for, and the folder of its results."""
    from repool.overlays import configured
    from repool.planning.configuration import kept_configurations, read_configuration

    results = options.directory / "results"
    if options.configfile:
        config = configured([project_file("config/paper.yaml"), *options.configfile], options.seeds)
        return [(config, results / config["name"])]
    files = kept_configurations(results, options.configuration)
    return [(read_configuration(file), file.parent) for file in files]
