"""Tables of numbers in text, a row a line, commas between columns; what is wrong is named with file and line."""

import io
from typing import Any

import numpy as np
import numpy.typing as npt

from repool.datasets.graphs import IntArray
from repool.errors import UserError

SHOWN = 60  # characters of a wrong line


def integers(name: str, content: bytes, columns: int = 1) -> IntArray:
    """Whole numbers, int64 [lines, columns]; no line gives no rows.

    Raises UserError with the file `name` and the first line that is not `columns` whole numbers.
    """
    return _table(name, content, columns, np.dtype(np.int64))


def decimals(name: str, content: bytes, columns: int) -> npt.NDArray[np.float32]:
    """Finite numbers, float32 [lines, columns]; raises UserError as `integers` does."""
    values = _table(name, content, columns, np.dtype(np.float32))
    bad = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if len(bad):
        found = values[bad[0]][~np.isfinite(values[bad[0]])][0]
        raise UserError(f"{name}, line {bad[0] + 1}: {found} is not a finite number (of 32 bits).")
    return values


def column_count(content: bytes) -> int:
    """Columns of the first line, at least 1."""
    return content.lstrip().partition(b"\n")[0].count(b",") + 1


def _table(name: str, content: bytes, columns: int, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    content = content.rstrip()
    if not content:
        return np.zeros((0, columns), dtype)
    try:
        values = np.loadtxt(io.BytesIO(content), dtype=dtype, delimiter=",", comments=None, ndmin=2)
    except (ValueError, OverflowError) as error:
        raise _bad_line(name, content, columns, dtype) or UserError(f"{name}: {error}.") from error
    if values.shape != (content.count(b"\n") + 1, columns):
        raise _bad_line(name, content, columns, dtype) or UserError(f"{name} is not a table of {columns} columns.")
    return values


def _bad_line(name: str, content: bytes, columns: int, dtype: np.dtype[Any]) -> UserError | None:
    whole = dtype.kind == "i"
    for number, line in enumerate(content.decode("utf-8", "replace").split("\n"), start=1):
        fields = line.split(",")
        try:
            sound = len(fields) == columns and all(
                abs(int(field)) < 2**63 if whole else bool(np.float32(field)) or True for field in fields
            )
        except ValueError:
            sound = False
        if not sound:
            kind = "whole number" if whole else "number"
            expected = f"a {kind}" if columns == 1 else f"{columns} {kind}s separated by a comma"
            return UserError(f"{name}, line {number}: expected {expected}, found {line.strip()[:SHOWN]!r}.")
    return None
