"""Datasets that somebody brings, as a function of a file or a class of PyTorch Geometric: which, without an import."""

import hashlib
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from repool.errors import UserError
from repool.schemas.brought import split_function

PACKAGE = "torch_geometric"
INSTALL = "Install PyTorch Geometric, an extra: pip install 'repool[pyg]'"


def version_of(source: Mapping[str, Any]) -> str:
    """What a declaration of format pyg depends on besides its words: its file's digest, or the package's version.

    Raises UserError where there is no such file or package.
    """
    if source.get("function") is not None:
        place, _ = split_function(str(source["function"]))
        return f"sha256 {hashlib.sha256(content(place)).hexdigest()}"
    return f"{PACKAGE} {package_version(str(source.get('class')))}"


def package_version(name: str) -> str:
    """The version of PyTorch Geometric; raises UserError, saying what needs it, where it is not installed."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        raise UserError(f"{name} needs PyTorch Geometric, which is not installed here. {INSTALL}") from None


def said(error: BaseException) -> str:
    """The kind of an error and the first line of what it says."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def content(place: str) -> bytes:
    """The bytes of a function's file; raises UserError where it cannot be read."""
    try:
        return Path(place).read_bytes()
    except OSError as error:
        raise UserError(
            f"{place} cannot be read ({error.strerror}). Its place is relative to the folder where the command runs."
        ) from None
