"""Step 1 of the aggregation: the records of one cell become one table, a row for each seed."""

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from repool.analysis import inside
from repool.analysis.artifacts import LOSS, PERMUTED
from repool.analysis.files import read_json, read_table, write_json, write_table
from repool.analysis.names import METRICS, metric
from repool.errors import UserError

COLUMNS = (
    "dataset",
    "method",
    "metric",
    "seed",
    "epochs",
    "best_epoch",
    "validation",
    "test",
    "validation_loss",
    "descent_epochs",
    "permuted_best",
    "permuted_mean",
    *inside.LAYERS.values(),
    *inside.CHECKS,
    "seconds_per_epoch",
    "seconds",
    "block",
    "device",
    "status",
)
# The columns that are scores of a dataset; they are stored as the record has them, and compared in the paper's units.
SCORES = ("test", "permuted_best", "permuted_mean")
TIME = "%Y-%m-%dT%H:%M:%SZ"
# The share of the way from a run's first validation loss to its lowest that counts as descended.
DESCENDED = 0.9
TEXT = ("dataset", "method", "metric", "block", "device", "status", *inside.LAYERS.values())


def collect(records: Sequence[Path], card: Path, out: Path, info: Path | None = None) -> None:
    """Write the cell table of one dataset and method, and on request a summary of how its runs were made.

    Args:
        records: JSON records of one cell; the timing sidecar of `seed-07.json` is `seed-07.timing.json`.
        card: card.json of the dataset.
        out: the table, sorted by seed; durations are empty where a sidecar is missing.
        info: JSON with data status, versions, devices and durations, or None.

    Raises UserError if the records are not of one cell, repeat a seed, or were trained on other data than the card's.
    """
    runs = sorted(((path, read_json(path)) for path in records), key=lambda run: run[1]["seed"])
    about = read_json(card)
    check(runs, about, card)
    timings = [read_timing(path) for path, _ in runs]
    rows = [row(record, timing, about["status"]) for (_, record), timing in zip(runs, timings, strict=True)]
    write_table(out, pd.DataFrame(rows, columns=list(COLUMNS)))
    if info:
        write_json(info, summary([record for _, record in runs], timings, about))


def check(runs: Sequence[tuple[Path, dict[str, Any]]], card: dict[str, Any], card_path: Path) -> None:
    """Raise UserError unless all records are of one cell, one for a seed, finite, and of the card's data."""
    if not runs:
        raise UserError("No record was given: --records needs at least one file.")
    first_path, first = runs[0]
    seen: dict[int, Path] = {}
    for path, record in runs:
        if record["data_sha256"] != card["content_sha256"]:
            raise UserError(
                f"{path} was trained on other data than {card_path} describes (record {record['data_sha256']}, "
                f"card {card['content_sha256']}). Train it again on the prepared data, or restore the data it used."
            )
        for key in ("dataset", "method", "metric", "spec_sha256"):
            if record[key] != first[key]:
                raise UserError(
                    f"{path} and {first_path} are not of one cell: {key} is {record[key]} and {first[key]}. "
                    "Delete the records of the older specification and train them again."
                )
        if record["seed"] in seen:
            raise UserError(f"Seed {record['seed']} has two records: {seen[record['seed']]} and {path}.")
        seen[record["seed"]] = path
        if not math.isfinite(record["test"]) or not math.isfinite(record["validation"]):
            raise UserError(f"{path} has a score that is not a number. Delete it and train that seed again.")
    for key in ("dataset", "metric"):
        if first[key] != card[key]:
            raise UserError(f"{first_path} has {key} {first[key]}, but {card_path} has {card[key]}.")
    metric(first["metric"], str(first_path))


def read_timing(record: Path) -> dict[str, Any]:
    """The timing sidecar of a record, empty where there is none (a restored record has lost nothing else)."""
    path = record.with_suffix(".timing.json")
    return dict(read_json(path)) if path.exists() else {}


def row(record: dict[str, Any], timing: dict[str, Any], status: str) -> dict[str, Any]:
    """One row of the cell table."""
    curves = record["curves"]
    lowest, epochs = descent(curves.get(LOSS, []))
    best, mean = over_permutations(curves.get(PERMUTED, []), record["metric"])
    sources = {
        "status": status,
        "validation_loss": lowest,
        "descent_epochs": epochs,
        "permuted_best": best,
        "permuted_mean": mean,
        **inside.fields(record),
        "seconds": timing.get("seconds"),
        "seconds_per_epoch": timing.get("seconds_per_epoch"),
        "block": "{}-{}".format(*timing["block"]) if timing else "",
    }
    return {name: sources[name] if name in sources else record[name] for name in COLUMNS}


def descent(losses: Sequence[float]) -> tuple[float | None, int | None]:
    """The lowest of a run's validation losses [epochs], and the first epoch (from 1) that has made most of the way.

    The way is that from the first epoch's loss to the lowest one, most of it 90%: how fast a run gets there, without
    the chance that decides which of many nearly equal epochs is the lowest. (None, None) where no loss was recorded.
    """
    if not losses:
        return None, None
    lowest = min(losses)
    there = losses[0] - DESCENDED * (losses[0] - lowest)
    return lowest, next(epoch for epoch, loss in enumerate(losses, 1) if round(loss - there, 9) <= 0)


def over_permutations(scores: Sequence[float], name: str) -> tuple[float | None, float | None]:
    """The best of a run's scores on permuted graphs [epochs], and their mean; (None, None) where none was recorded.

    The best one is where training ends up; the mean is about the whole way there, whose length is the run's own.
    """
    if not scores:
        return None, None
    return (max if METRICS[name].higher_is_better else min)(scores), math.fsum(scores) / len(scores)


def summary(
    records: Sequence[dict[str, Any]], timings: Sequence[dict[str, Any]], card: dict[str, Any]
) -> dict[str, Any]:
    """What the page says about a cell beyond its scores: data, versions, devices, durations."""
    timed = [timing for timing in timings if timing]
    started, ended = time_range(timed)
    versions = {name for record in records for name in record["versions"]}
    return {
        "dataset": records[0]["dataset"],
        "method": records[0]["method"],
        "metric": records[0]["metric"],
        "status": card["status"],
        "seeds": [record["seed"] for record in records],
        "parameters": records[0]["parameters"],
        "spec": records[0]["spec"],
        "spec_sha256": records[0]["spec_sha256"],
        "data_sha256": card["content_sha256"],
        "code": distinct(record["code"] for record in records),
        "devices": distinct(record["device"] for record in records),
        "device_names": distinct(timing["device_name"] for timing in timed if timing.get("device_name")),
        "versions": {name: distinct(record["versions"].get(name, "?") for record in records) for name in versions},
        "block_sizes": sorted({timing["block"][1] - timing["block"][0] + 1 for timing in timed}),
        "timed_runs": len(timed),
        "seconds": sum(timing["seconds"] for timing in timed),
        "started": started,
        "ended": ended,
        "peak_memory_mb": max(
            (timing["peak_memory_mb"] for timing in timed if timing.get("peak_memory_mb")), default=None
        ),
    }


def time_range(timings: Sequence[dict[str, Any]]) -> tuple[str | None, str | None]:
    """When the first run of the cell began and the last one ended, UTC; (None, None) without timings.

    The seeds of a block share its wall time, so a block ends after the sum of their seconds. A resumed one counts
    seconds from before its last start: of that only the start is known.
    """
    blocks: dict[tuple[str, ...], float] = {}
    for timing in timings:
        key = (timing["started"], timing["host"], str(timing["block"]))
        blocks[key] = blocks.get(key, 0.0) + (0.0 if timing["resumed"] else timing["seconds"])
    spans = [(datetime.fromisoformat(start), seconds) for (start, *_), seconds in blocks.items()]
    if not spans:
        return None, None
    ended = max(start + timedelta(seconds=seconds) for start, seconds in spans)
    started = min(start for start, _ in spans)
    return started.astimezone(UTC).strftime(TIME), ended.astimezone(UTC).strftime(TIME)


def distinct(values: Iterable[str]) -> list[str]:
    """The different values, sorted."""
    return sorted(set(values))


def read_cells(paths: Sequence[Path]) -> pd.DataFrame:
    """All rows of several cell tables in one; no table gives an empty frame with the same columns."""
    frames = [read_table(path, COLUMNS, TEXT) for path in paths]
    cells = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(COLUMNS))
    twice = cells[cells.duplicated(["dataset", "method", "seed"])]
    if len(twice):
        dataset, method, seed = twice.iloc[0][["dataset", "method", "seed"]]
        raise UserError(f"{method} on {dataset} has seed {seed} twice in the cell tables given.")
    return cells


def measured(cells: pd.DataFrame, measure: str) -> pd.Series:
    """What paired tests compare: scores in the paper's units, or another column as it is."""
    if measure in inside.MEASURES:
        return inside.measured(cells, measure)
    return in_paper_units(cells, measure) if measure in SCORES else cells[measure].astype(float)


def in_paper_units(cells: pd.DataFrame, score: str = "test") -> pd.Series:
    """One of the scores as the paper prints it: accuracy and AUROC in percent, MAE as it is."""
    scale = [metric(name, "cell table").scale for name in cells["metric"]]
    return cells[score].astype(float) * pd.Series(scale, index=cells.index, dtype=float)
