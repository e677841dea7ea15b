"""Cell tables as tests, tables and the page read them: runs with a score, runs that failed, and the paper's units."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from repool.analysis import inside
from repool.analysis.columns import COLUMNS, EVERY_RUN_HAS, SCORES, TEXT, WHOLE
from repool.analysis.tables import read_table
from repool.errors import UserError
from repool.words.names import FAILED, PENDING, metric


def read_cells(paths: Sequence[Path]) -> pd.DataFrame:
    """All runs with a score of several cell tables in one; no table gives an empty frame with the same columns."""
    return scored(read_rows(paths))


def scored(rows: pd.DataFrame) -> pd.DataFrame:
    """The runs with a score among rows of cell tables."""
    cells = rows[rows["status"] != FAILED].reset_index(drop=True)
    counted = [name for name in WHOLE if cells[name].notna().all()]
    return cells.astype(dict.fromkeys(counted, "int64"))


def failed_runs(paths: Sequence[Path]) -> dict[tuple[str, str], int]:
    """How many seeds failed, of each (dataset, method) of several cell tables that has any."""
    return failures(read_rows(paths))


def failures(rows: pd.DataFrame) -> dict[tuple[str, str], int]:
    """The same of rows of cell tables."""
    counts = rows[rows["status"] == FAILED].groupby(["dataset", "method"]).size()
    return {(str(dataset), str(method)): int(count) for (dataset, method), count in counts.items()}


def why_missing(runs: pd.DataFrame, failed: dict[tuple[str, str], int], dataset: str, *methods: str) -> str:
    """The status of what needs runs of all these methods on a dataset and has none: failed, or pending.

    Failed where seeds of every method without a run failed: no more runs are to be waited for.
    """
    ran = set(runs.loc[runs["dataset"] == dataset, "method"])
    broken = [(dataset, method) in failed for method in methods if method not in ran]
    return FAILED if broken and all(broken) else PENDING


def read_rows(paths: Sequence[Path]) -> pd.DataFrame:
    """All rows of several cell tables in one, failed runs with them, and marked as such."""
    frames = [read_table(path, COLUMNS, TEXT) for path in paths]
    cells = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(COLUMNS))
    twice = cells[cells.duplicated(["dataset", "method", "seed"])]
    if len(twice):
        dataset, method, seed = twice.iloc[0][["dataset", "method", "seed"]]
        raise UserError(f"{method} on {dataset} has seed {seed} twice in the cell tables given.")
    return marked(cells)


def marked(rows: pd.DataFrame) -> pd.DataFrame:
    """A run whose score or validation loss is not a number diverged: its status is that it failed."""
    sound = np.isfinite(rows[list(EVERY_RUN_HAS)].to_numpy(dtype=float)).all(axis=1)
    return rows.assign(status=rows["status"].where(sound, FAILED))


def measured(cells: pd.DataFrame, measure: str) -> pd.Series:
    """What paired tests compare: scores in the paper's units, or another column as it is."""
    if measure in inside.MEASURES:
        column, position = inside.MEASURES[measure]
        values = inside.of_layer(cells[column], cells["layer_rows"], position)
        return pd.Series(values, index=cells.index, dtype=float)
    return in_paper_units(cells, measure) if measure in SCORES else cells[measure].astype(float)


def in_paper_units(cells: pd.DataFrame, score: str = "test") -> pd.Series:
    """One of the scores as the paper prints it: accuracy and AUROC in percent, MAE as it is."""
    scale = [metric(name, "cell table").scale for name in cells["metric"]]
    return cells[score].astype(float) * pd.Series(scale, index=cells.index, dtype=float)
