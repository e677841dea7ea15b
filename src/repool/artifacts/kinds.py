"""The kinds of artifacts that there are: a folder here is its own registration.

`table.py` makes the table, `view.py` says what page and PDF show of it, `figure.py`, where there is one, draws it, and
`needs.py`, where there is one, names what it takes beside cell tables.
"""

import functools
import importlib
import pkgutil
from pathlib import Path
from types import ModuleType

from repool.artifacts.needs import Needs
from repool.errors import UserError, nearest

FOLDER = Path(__file__).parent


@functools.cache
def known() -> tuple[str, ...]:
    """Names of all kinds, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules([str(FOLDER)]) if module.ispkg))


def has(kind: str, part: str) -> bool:
    """Whether a kind has that file: `figure`, say."""
    return (FOLDER / checked(kind) / f"{part}.py").is_file()


def part(kind: str, name: str) -> ModuleType:
    """The file of a kind by that name; raises UserError where there is no such kind, or it lacks the file."""
    if not has(kind, name):
        raise UserError(f"The kind {kind} has no {name}.py. Write src/repool/artifacts/{kind}/{name}.py.")
    return importlib.import_module(f"repool.artifacts.{kind}.{name}")


def needs(kind: str) -> Needs:
    """What an artifact of a kind takes."""
    found: Needs = part(kind, "needs").NEEDS if has(kind, "needs") else Needs()
    return found


def checked(kind: str) -> str:
    """The kind; raises UserError with the nearest name if there is none."""
    if kind not in known():
        raise UserError(f"{kind} is not a kind of artifact. {nearest(kind, known())}")
    return kind
