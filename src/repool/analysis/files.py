"""Files of the upper floors: tables with a fixed header, and nothing half-written under a final name."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from repool.atomic import replacing
from repool.digests import write_digest
from repool.errors import UserError
from repool.schemas import reading


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
    """Write a CSV without index; `digits` significant ones for derived numbers, the shortest exact form without it."""
    float_format = f"%.{digits}g" if digits else None
    write_whole(path, frame.to_csv(index=False, lineterminator="\n", float_format=float_format))


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
    return frame[list(columns)]
