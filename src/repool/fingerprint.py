"""What code a job depends on: a hash of syntax trees, so that comments, docstrings, layout and messages change nothing.

Snakemake does not see imported modules. A rule names the modules it starts from; what they import of this package, at
any level, counts too. What a module picks by name at run time (a model family, a reader) is named by the rule.
"""

import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path

from repool.syntax import Code, code, keep

PACKAGE = Path(__file__).parent
# What computes a run. Not here, since it cannot change a record: how a job starts, shows progress, is leased a device,
# saves a checkpoint, words a message and writes what was computed.
TRAINING = ("training.arithmetic", "training.block")
# What words a message; `syntax.WORDED` has the errors that say it.
WORDING = ("errors",)


def training_code(family: str) -> str:
    """Fingerprint of what trains a model family (`diffpool-v2`)."""
    return fingerprint(*TRAINING, f"models.families.{family.replace('-', '_')}")


@functools.cache
def fingerprint(*modules: str) -> str:
    """Hash of these modules (`training.block`) and of all they import from this package; 16 hexadecimal digits."""
    joined = "".join(f"{module} {_code(module).tree}\n" for module in reached(*modules))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


def reached(*modules: str) -> list[str]:
    """These modules and all that they import from this package, sorted."""
    found: set[str] = set()
    pending = list(modules)
    while pending:
        module = pending.pop()
        if module not in found:
            found.add(module)
            pending += _own(_code(module).imports)
    keep()
    return sorted(found)


@functools.cache
def _code(module: str) -> Code:
    return code(_file(module))


def _own(names: tuple[str, ...]) -> Iterator[str]:
    """Those names that are modules of this package, without its prefix."""
    for name in names:
        module = name.partition(".")[2]
        if module not in WORDING and is_module(module):
            yield module


def is_module(module: str) -> bool:
    """Whether `datasets.tu`, say, is a module of this package."""
    return bool(module) and _file(module).is_file()


def _file(module: str) -> Path:
    return PACKAGE.joinpath(*module.split(".")).with_suffix(".py")
