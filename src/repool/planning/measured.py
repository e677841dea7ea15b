"""What an epoch of the paper's cells takes: rows that benchmarks/paper_cost.py measured, by specification."""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """Seconds of a core that an epoch takes of a seed, beside the others of its block, and where they were measured."""

    seconds_an_epoch: float
    device_name: str


def measured(path: Path) -> dict[str, Measured]:
    """The rows of a file by the digest of their specification; those that have none or no number say nothing.

    Args:
        path: such as benchmarks/results/paper_cost.csv; none there is no mistake.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return dict(_rows(csv.DictReader(file)))
    except (OSError, UnicodeDecodeError, csv.Error):
        return {}


def _rows(rows: "csv.DictReader[str]") -> Iterator[tuple[str, Measured]]:
    for row in rows:
        try:
            found = Measured(float(row["epoch_s_per_seed"]), row["device_name"])
            of = row["spec_sha256"]
        except (KeyError, TypeError, ValueError):
            continue
        if of and math.isfinite(found.seconds_an_epoch):
            yield of, found
