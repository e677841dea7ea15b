"""`repool check`."""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

from repool.places import project_file

# Words of snakemake's that say how many jobs run at a time.
HOW_MANY = ("--cores", "-c", "--jobs", "-j", "--profile", "--workflow-profile")


def add_commands(commands: Any) -> None:
    """Register the command with argparse's subparsers action."""
    check = commands.add_parser(
        "check",
        help="a pooling of your own: its contracts, then its training beside its random twins, on a page of its own",
        description="Ask a pooling of your own what it keeps, train it and its random twins over the same seeds and "
        "splits, and write report/NAME.html. What this command does not know goes to snakemake, such as --cores 2.",
        usage="repool check FILE [--contracts] [--archive] [--summary] [options of snakemake]",
        allow_abbrev=False,
    )
    check.add_argument("file", type=Path, metavar="FILE", help="about ten lines of YAML (docs/sanity.md)")
    check.add_argument("--contracts", action="store_true", help="ask the contracts alone; nothing trains")
    check.add_argument("--archive", action="store_true", help="show what results/archive keeps; nothing trains")
    check.add_argument("--summary", action="store_true", help="also write docs/sanity/NAME.md")
    check.set_defaults(run=run_check, takes_more=True)


def run_check(options: argparse.Namespace) -> int:
    """Contracts, then the workflow; 1 where a contract is broken, else what snakemake ends with."""
    from repool.sanity.configuration import write_configuration
    from repool.schemas.sanity import read_check

    check = read_check(options.file)
    if not options.archive and run_contracts(check, options.file.parent):
        return 1
    if options.contracts:
        return 0
    file = write_configuration(check, options.file, Path("results"))
    how_many = any(word.partition("=")[0] in HOW_MANY for word in options.more)
    targets = [f"report/{check.name}.html", f"results/{check.name}/numbers.json"]
    targets += [f"docs/sanity/{check.name}.md"] if options.summary else []
    words = ["--configfile", str(file), *options.more, *([] if how_many else ["--cores", "1"])]
    words += ["--config", "archive=True"] if options.archive else []
    print("snakemake", *targets, *words, flush=True)
    call = [sys.executable, "-m", "snakemake", *targets, "--snakefile", str(project_file("workflow/Snakefile")), *words]
    return subprocess.run(call, check=False).returncode


def run_contracts(check: Any, folder: Path) -> bool:
    """Print what becomes of each contract, and what a step costs; whether any is broken."""
    from repool.sanity.configuration import model_of
    from repool.sanity.contracts import findings

    model = model_of(check, folder)
    found = findings(model, check.declares)
    for finding in found:
        print(f"broken  {finding.broken}" if finding.broken else f"kept    {check.name} {finding.contract}", flush=True)
    broken = any(finding.broken for finding in found)
    if not broken:
        print_costs(check, model)
    return broken


def print_costs(check: Any, model: dict[str, Any]) -> None:
    """What a training step takes, beside the same network with each control."""
    from repool.sanity.configuration import controls
    from repool.sanity.speed import cost

    network = {"convolutions": check.convolutions, "hidden": check.hidden}
    models = {check.name: model, **{name: {**own, **network} for name, own in controls(check).items()}}
    for name, options in models.items():
        measured = cost(options)
        print(f"costs   {name}: {measured.milliseconds:.1f} ms and {measured.megabytes:.1f} MB a step", flush=True)
