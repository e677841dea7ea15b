"""Tables of the upper floors, with a fixed header."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from repool.analysis.files import quoted, quoting, unquoted, write_whole
from repool.errors import UserError


def write_table(path: Path, frame: pd.DataFrame, digits: int | None = None) -> None:
    """Write a CSV without index; `digits` significant ones for derived numbers, the shortest exact form without it.

    An apostrophe keeps text that looks like a formula from being one; `unquoted` takes it away again.
    """
    float_format = f"%.{digits}g" if digits else None
    frame = frame.copy()
    texts = list(frame.select_dtypes(["object", "string", "category"]))
    for name in texts:
        frame[name] = pd.Series([quoted(cell) for cell in frame[name]], index=frame.index, dtype=object)
    how = quoting(cell for name in texts for cell in frame[name])
    write_whole(path, frame.to_csv(index=False, lineterminator="\n", float_format=float_format, quoting=how))


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
