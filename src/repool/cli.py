"""The one command line that every rule calls, and every person."""

import argparse
import importlib
import os
import signal
import sys

from repool import __version__
from repool.errors import UserError

FLOORS = ("datasets", "training", "analysis", "artifacts", "figures", "report")
BESIDE = ("verification", "archive", "planning", "sanity")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; a mistake is one sentence on stderr and exit code 1, Ctrl-C 130 (`--debug`: the traceback).

    141 where whoever reads the answer closes it, as `head` does.
    """
    options = parsed(arguments)
    try:
        code = options.run(options) or 0
        sys.stdout.flush()
        return code
    except UserError as error:
        if options.debug:
            raise
        print(f"repool: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        if options.debug:
            raise
        print(
            "repool: stopped. Nothing half-written stands under a final name; give the same command again.",
            file=sys.stderr,
        )
        return 130
    except BrokenPipeError:
        # Whoever read the answer has enough of it (`| head`); Python would still say so at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except OSError as error:
        if options.debug:
            raise
        print(
            f"repool: reading or writing failed ({error}). Is the disk full, or the folder not yours to write? Nothing "
            "half-written was left under a final name: mend that and give the same command again.",
            file=sys.stderr,
        )
        return 1


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options of a command; where it passes words on to another program (`takes_more`), those as `more`."""
    top = parser()
    options, more = top.parse_known_args(arguments)
    if more and not getattr(options, "takes_more", False):
        top.error(f"unrecognized arguments: {' '.join(more)}")
    options.more = more
    return options


def parser() -> argparse.ArgumentParser:
    """The command line; each part adds its own commands and imports what is heavy only when one runs."""
    top = argparse.ArgumentParser(prog="repool", description="Rethinking pooling in graph neural networks, replicated.")
    top.add_argument("--version", action="version", version=f"repool {__version__}")
    top.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for part in (*FLOORS, *BESIDE):
        importlib.import_module(f"repool.{part}.command").add_commands(commands)
    return top
