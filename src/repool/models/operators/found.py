"""Where an operator is, and which one: `package.Name` of an installed package, or `file.py:Name`; without torch."""

import hashlib
import importlib
import importlib.util
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from types import ModuleType
from typing import Any

from repool.errors import UserError, nearest

DIGITS = 16


def version_of(operator: str) -> str:
    """What the runs of an operator depend on: its package with its version, or its file's digest.

    Raises UserError where there is no such package or file.
    """
    place, name = _parts(operator)
    if place.endswith(".py"):
        return f"sha256 {hashlib.sha256(_read(place)).hexdigest()[:DIGITS]}"
    package = place.partition(".")[0] or name
    try:
        distribution = packages_distributions()[package][0]
        return f"{distribution} {version(distribution)}"
    except (KeyError, PackageNotFoundError):
        raise UserError(
            f"{operator}: the package {package} is not installed here. Install it (pip install 'repool[pyg]' brings "
            "torch_geometric), or name a file: my_pooling.py:MyPooling."
        ) from None


def find(operator: str, expected: str | None = None) -> Any:
    """The class or function of an operator, once it is known to be that of the `expected` version.

    Raises UserError: it does not import, has no such name, or is another one than was asked for.
    """
    if expected is not None and (found := version_of(operator)) != expected:
        raise UserError(
            f"{operator} is {found} here, but the specification asks for {expected}. Give the file or package of then, "
            "or write the configuration again: python -m repool check does."
        )
    place, name = _parts(operator)
    try:
        module = _from_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
    except Exception as error:  # of whoever wrote it
        raise UserError(f"{operator} does not import: {type(error).__name__}: {error}.") from error
    if not hasattr(module, name):
        known = [one for one in vars(module) if not one.startswith("_")]
        raise UserError(f"{place} has no {name}. {nearest(name, known)}")
    return getattr(module, name)


def _parts(operator: str) -> tuple[str, str]:
    """Where to look, and the name there."""
    place, _, name = operator.rpartition(":" if ":" in operator else ".")
    if not place or not name.isidentifier():
        raise UserError(
            f"{operator!r} names no operator. Write package.Name, such as torch_geometric.nn.TopKPooling, or "
            "file.py:Name, such as my_pooling.py:MyPooling."
        )
    return place, name


def _read(place: str) -> bytes:
    try:
        return Path(place).read_bytes()
    except OSError as error:
        raise UserError(
            f"{place} cannot be read ({error.strerror}). Its place is relative to the folder where the command runs."
        ) from None


def _from_file(path: Path) -> ModuleType:
    """The file as a module, once for each content."""
    name = f"brought_{hashlib.sha256(_read(str(path))).hexdigest()[:DIGITS]}"
    if name not in sys.modules:
        specification = importlib.util.spec_from_file_location(name, path)
        assert specification is not None
        assert specification.loader is not None
        module = importlib.util.module_from_spec(specification)
        sys.modules[name] = module
        try:
            specification.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]
