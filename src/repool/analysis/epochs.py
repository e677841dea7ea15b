"""Training epoch by epoch: the curves of every run of a dataset, a row an epoch."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from repool.analysis.collect import Record, read_runs, tied
from repool.analysis.outcome import FIRST
from repool.analysis.tables import write_table
from repool.errors import UserError
from repool.schemas.card import read_card
from repool.schemas.record import Failed, Wanted
from repool.words.names import FAILED, METRICS

CURVES = ("train_loss", "validation_loss", "validation", "test")
COLUMNS = ("dataset", "method", "seed", "epoch", *CURVES, "best", "metric", "status")
TEXT = ("dataset", "method", "metric", "status")


def collect(records: Sequence[Path], card: Path, out: Path, wanted: dict[str, Wanted], best_epoch: str = FIRST) -> None:
    """Write the curves of the runs of one dataset, cell by cell in the order of `wanted`, by seed and epoch.

    Scores are in the paper's units; `best` is 1 in the epoch whose test score counts, else 0. A run that failed has a
    row without an epoch.

    Args:
        records: JSON records of runs on one dataset.
        card: card.json of the dataset.
        out: the table.
        wanted: by method, the spec and code that its records must be of.
        best_epoch: which of a run's epochs counts where several share the best validation score, "first" or "last".

    Raises UserError if a record is of no such method, is damaged or not as wanted, or was trained on other data.
    """
    about = read_card(card)
    found: list[tuple[Any, ...]] = []
    for method, paths in by_method(records, wanted).items():
        for _, record in read_runs(paths, about, card, wanted[method]):
            found += rows(record, about["status"], best_epoch)
    table = pd.DataFrame(found, columns=list(COLUMNS))
    table[["epoch", "best"]] = table[["epoch", "best"]].astype("Int64")
    write_table(out, table, digits=6)


def by_method(records: Sequence[Path], wanted: dict[str, Wanted]) -> dict[str, list[Path]]:
    """Records by the folder that they stand in, in the order of `wanted`."""
    found: dict[str, list[Path]] = {}
    for path in records:
        found.setdefault(path.absolute().parent.name, []).append(path)
    if others := sorted(set(found) - set(wanted)):
        raise UserError(f"{found[others[0]][0]} is of no method that was asked for: {', '.join(wanted)}.")
    return {method: found[method] for method in wanted if method in found}


def rows(record: Record, status: str, best_epoch: str) -> Iterator[tuple[Any, ...]]:
    """Those of one run, in the order of `COLUMNS`."""
    run = record.dataset, record.method, record.seed
    if isinstance(record, Failed):
        yield *run, None, *([math.nan] * len(CURVES)), None, record.metric, FAILED
        return
    counts = record.best_epoch if best_epoch == FIRST else tied(record)[-1]
    scale, curves = METRICS[record.metric].scale, zip(*(getattr(record.curves, name) for name in CURVES), strict=True)
    for epoch, (train_loss, validation_loss, validation, test) in enumerate(curves, 1):
        scores = validation * scale, test * scale
        yield *run, epoch, train_loss, validation_loss, *scores, int(epoch == counts), record.metric, status
