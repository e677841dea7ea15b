"""`repool archive`: what is kept of real runs. Only `replay` needs torch, and imports it when it trains."""

import argparse
from pathlib import Path
from typing import Any

from repool.places import project_file


def add_commands(commands: Any) -> None:
    """Register `archive add`, `list` and `verify`."""
    archive = commands.add_parser("archive", help="keep records of real runs, and bring them back")
    actions = archive.add_subparsers(title="actions", metavar="ACTION", required=True)
    adding = actions.add_parser("add", help="keep the records below some folders; exit code 1 if one was refused")
    adding.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="such as results/cpu")
    adding.add_argument(
        "--data", type=Path, metavar="DIR", help="the prepared datasets (default: data beside the folder runs)"
    )
    adding.set_defaults(run=_add)
    listing = actions.add_parser("list", help="what it holds, and what of it counts for today's code")
    listing.set_defaults(run=_list)
    verifying = actions.add_parser("verify", help="check every file of it; exit code 1 if anything is wrong")
    verifying.set_defaults(run=_verify)
    for action in (adding, listing, verifying):
        action.add_argument(
            "--archive",
            type=Path,
            default=project_file("results/archive"),
            metavar="DIR",
            help="default: this project's",
        )


def _add(options: argparse.Namespace) -> int:
    from repool.archive.add import add
    from repool.archive.store import Archive

    added = add(Archive(options.archive), options.folders, options.data)
    for sentence in added.refused:
        print(sentence)
    print(f"{added.new:,} runs are new, {added.known:,} were there, {len(added.refused):,} were refused")
    return 1 if added.refused else 0


def _list(options: argparse.Namespace) -> None:
    from repool.archive.listing import lines
    from repool.archive.store import Archive

    for line in lines(Archive(options.archive)):
        print(line)


def _verify(options: argparse.Namespace) -> int:
    from repool.archive.check import check
    from repool.archive.store import Archive

    found = check(Archive(options.archive))
    for sentence in found.wrong:
        print(sentence)
    right = ", ".join(f"{what} {number:,}" for what, number in found.right.items())
    print(f"right: {right}; wrong: {len(found.wrong):,}")
    return 1 if found.wrong else 0
