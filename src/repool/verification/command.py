"""`repool verify`."""

import argparse
from pathlib import Path
from typing import Any


def add_commands(commands: Any) -> None:
    """Register the command with argparse's subparsers action."""
    verify = commands.add_parser(
        "verify", help="compare all results with what was written; exit code 1 if anything is wrong"
    )
    verify.add_argument("--configuration", metavar="NAME", help="results/NAME alone (default: every one)")
    verify.add_argument("--results", type=Path, default=Path("results"), metavar="DIR", help="default: results")
    verify.add_argument("--data", action="store_true", help="also read the arrays of the datasets, which takes a while")
    verify.set_defaults(run=run_verify)


def run_verify(options: argparse.Namespace) -> int:
    """Print what is wrong, a line each, and how much is right."""
    from repool.verification.check import check

    found = check(options.results, options.configuration, options.data)
    for sentence in found.wrong:
        print(sentence)
    right = ", ".join(f"{what} {number:,}" for what, number in found.right.items())
    print(f"right: {right}; wrong: {len(found.wrong):,}")
    return 1 if found.wrong else 0
