"""Files of the upper floors: tables with a fixed header, and nothing half-written under a final name."""

import csv
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from repool.atomic import replacing
from repool.digests import write_digest
from repool.errors import UserError
from repool.schemas import reading

# Text that a spreadsheet would calculate, unless an apostrophe stands before it; in Japanese ones the wide signs too.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
NUMBERS = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?(;? [+-]?\d+(\.\d*)?([eE][+-]?\d+)?)*")


def write_whole(path: Path, content: str | bytes) -> None:
    """Write text as UTF-8, or bytes, and its digest; the final name shows the old file or the new one, never a part."""
    whole = content.encode() if isinstance(content, str) else content
    with replacing(path) as temporary:
        temporary.write_bytes(whole)
    write_digest(path, whole)


def write_json(path: Path, content: Any) -> None:
    """Write JSON with sorted keys, so that equal content is equal bytes."""
    write_whole(path, json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file; a missing or broken one is a UserError that names it."""
    return reading.read_json(path)


def write_table(path: Path, frame: pd.DataFrame, digits: int | None = None) -> None:
    """Write a CSV without index; `digits` significant ones for derived numbers, the shortest exact form without it.

    An apostrophe keeps text that looks like a formula from being one; `unquoted` takes it away again.
    """
    float_format = f"%.{digits}g" if digits else None
    frame = frame.copy()
    texts = list(frame.select_dtypes(["object", "string", "category"]))
    for name in texts:
        frame[name] = pd.Series([quoted(cell) for cell in frame[name]], index=frame.index, dtype=object)
    # Python before 3.13 leaves a carriage return outside quotes, where it ends the line for whoever reads it.
    returns = any("\r" in cell for name in texts for cell in frame[name] if isinstance(cell, str))
    quoting = csv.QUOTE_ALL if returns else csv.QUOTE_MINIMAL
    write_whole(path, frame.to_csv(index=False, lineterminator="\n", float_format=float_format, quoting=quoting))


def quoted(cell: Any) -> Any:
    """A cell as it is written: text that a spreadsheet would calculate begins with an apostrophe."""
    is_formula = isinstance(cell, str) and FORMULA.match(cell) and not NUMBERS.fullmatch(cell)
    return f"'{cell}" if is_formula else cell


def unquoted(cell: Any) -> Any:
    """The cell that was written."""
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and FORMULA.match(cell) else cell


def read_table(path: Path, columns: Sequence[str], text: Sequence[str] = ()) -> pd.DataFrame:
    """Read a CSV that must have `columns`, in any order; an empty field of a `text` column is "", of any other NaN.

    Raises UserError that names the file and the missing columns.
    """
    try:
        frame = pd.read_csv(
            path,
            dtype=dict.fromkeys(text, str),
            keep_default_na=False,
            na_values={name: [""] for name in columns if name not in text},
        )
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError, ValueError) as error:
        raise UserError(f"{path} is not a readable table ({error}).") from None
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise UserError(f"{path} has no column {', '.join(missing)} (found {', '.join(map(str, frame.columns))}).")
    return frame[list(columns)].assign(**{name: frame[name].map(unquoted) for name in text if name in columns})
