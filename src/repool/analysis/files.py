"""Files of the upper floors: nothing half-written under a final name, no text that a spreadsheet would calculate."""

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from repool.atomic import replacing
from repool.digests import write_digest
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


def write_rows(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as `tables.write_table` writes a frame of them; what a row lacks, or has as NaN, is empty."""
    lines = [[quoted(_field(row.get(name))) for name in columns] for row in rows]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n", quoting=quoting(cell for line in lines for cell in line))
    writer.writerows([columns, *lines])
    write_whole(path, file.getvalue())


def _field(value: Any) -> Any:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else value


def quoting(cells: Iterable[Any]) -> Literal[0, 1]:
    """How csv quotes these cells: Python before 3.13 leaves a carriage return bare, where it ends the line."""
    returns = any("\r" in cell for cell in cells if isinstance(cell, str))
    return csv.QUOTE_ALL if returns else csv.QUOTE_MINIMAL


def quoted(cell: Any) -> Any:
    """A cell as it is written: text that a spreadsheet would calculate begins with an apostrophe."""
    is_formula = isinstance(cell, str) and FORMULA.match(cell) and not NUMBERS.fullmatch(cell)
    return f"'{cell}" if is_formula else cell


def unquoted(cell: Any) -> Any:
    """The cell that was written."""
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and FORMULA.match(cell) else cell
