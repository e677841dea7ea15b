"""Step 1 of the aggregation: the records of one cell become one table, a row for each seed.

A paper has hundreds of cells, each a process: nothing here imports pandas, which takes longer to load than a cell to
collect.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from repool.analysis import inside
from repool.analysis.columns import COLUMNS
from repool.analysis.files import write_json, write_rows
from repool.analysis.outcome import FIRST, best_epochs, descent, of_permutations, over_permutations
from repool.errors import UserError
from repool.schemas.card import read_card
from repool.schemas.record import Failed, Scored, Wanted, read_record
from repool.schemas.timing import Timing, read_timing, timing_of
from repool.words.names import FAILED

Record = Scored | Failed

# What a record says of every run, also of one that failed.
KNOWN = ("dataset", "method", "metric", "seed", "epochs", "parameters", "device")
TIME = "%Y-%m-%dT%H:%M:%SZ"


def collect(
    records: Sequence[Path],
    card: Path,
    out: Path,
    info: Path | None = None,
    wanted: Wanted | None = None,
    best_epoch: str = FIRST,
) -> None:
    """Write the cell table of one dataset and method, and on request a summary of how its runs were made.

    Args:
        records: JSON records of one cell; the timing sidecar of `seed-07.json` is `seed-07.timing.json`.
        card: card.json of the dataset.
        out: the table, sorted by seed; durations are empty where a sidecar is missing, and so are the scores of a seed
            that failed, whose status says so.
        info: JSON with data status, versions, devices, durations and failures, or None.
        wanted: the spec and code that the records must be of.
        best_epoch: which of a run's epochs counts where several share the best validation score, "first" or "last".

    Raises UserError if a record is damaged or not as wanted, or if the records are not of one cell, repeat a seed, or
    were trained on other data than the card's.
    """
    about = read_card(card)
    runs = read_runs(records, about, card, wanted)
    timings = [read_timing(timing_of(path)) if timing_of(path).exists() else None for path, _ in runs]
    rows = [row(record, timing, about["status"], best_epoch) for (_, record), timing in zip(runs, timings, strict=True)]
    write_rows(out, COLUMNS, rows)
    if info:
        write_json(info, summary([record for _, record in runs], timings, about))


def read_runs(
    records: Sequence[Path], about: dict[str, Any], card: Path, wanted: Wanted | None
) -> list[tuple[Path, Record]]:
    """The records of one cell, sorted by seed; raises UserError as `collect`."""
    if not records:
        raise UserError("No record was given: --records needs at least one file.")
    runs = sorted(((path, read_record(path, wanted)) for path in records), key=lambda run: run[1].seed)
    first_path, first = runs[0]
    seen: dict[int, Path] = {}
    for path, record in runs:
        if mismatch := other_data(record, about):
            raise UserError(
                f"{path} was trained on other data than {card} describes: {mismatch}. "
                "Train it again on the prepared data, or restore the data it used."
            )
        for key in ("dataset", "method", "spec_sha256"):
            if getattr(record, key) != getattr(first, key):
                raise UserError(
                    f"{path} and {first_path} are not of one cell: {key} is {getattr(record, key)} and "
                    f"{getattr(first, key)}. Delete the records of the older specification and train them again."
                )
        if record.seed in seen:
            raise UserError(f"Seed {record.seed} has two records: {seen[record.seed]} and {path}.")
        seen[record.seed] = path
    return runs


def other_data(record: Record, card: dict[str, Any]) -> str:
    """What of a record's data is not as on the card of its dataset, in words; empty where nothing is."""
    pairs = {
        "content_sha256": (record.data_sha256, card["content_sha256"]),
        "dataset": (record.dataset, card["dataset"]),
        "metric": (record.metric, card["metric"]),
    }
    return "; ".join(f"{key} {ours} (card {theirs})" for key, (ours, theirs) in pairs.items() if ours != theirs)


def tied(record: Scored) -> list[int]:
    """The epochs of a run that share its best validation score.

    What training told apart may be equal in the digits of a record: an epoch before the best one was worse.
    """
    return [epoch for epoch in best_epochs(record.curves.validation, record.metric) if epoch >= record.best_epoch]


def row(record: Record, timing: Timing | None, status: str, best_epoch: str = FIRST) -> dict[str, Any]:
    """One row of the cell table: of a run that failed what it was, and no score."""
    known = {
        **{name: getattr(record, name) for name in KNOWN},
        "status": FAILED if isinstance(record, Failed) else status,
        "seconds": timing.seconds if timing else None,
        "seconds_per_epoch": timing.seconds_per_epoch if timing else None,
        "block": "{}-{}".format(*timing.block) if timing else "",
    }
    if isinstance(record, Failed):
        return known | dict.fromkeys(("seconds", "seconds_per_epoch"))
    lowest, epochs = descent(record.curves.validation_loss)
    curves = record.curves
    permuted = curves.permuted or []
    best, mean = over_permutations(permuted, record.metric)
    same = tied(record)
    chosen = record.best_epoch if best_epoch == FIRST else same[-1]
    return {
        **known,
        "best_epoch": chosen,
        "validation": record.validation,
        "test": curves.test[chosen - 1],
        "tied_epochs": len(same),
        "test_first": record.test,
        "test_last": curves.test[same[-1] - 1],
        "validation_loss": lowest,
        "descent_epochs": epochs,
        "permuted_best": best,
        "permuted_mean": mean,
        "permuted_change": of_permutations(permuted, curves.validation),
        **inside.fields(record.inside),
    }


def summary(records: Sequence[Record], timings: Sequence[Timing | None], card: dict[str, Any]) -> dict[str, Any]:
    """What the page says about a cell beyond its scores: data, versions, devices, durations, failures."""
    timed = [timing for timing in timings if timing]
    started, ended = time_range(timed)
    versions = {name for record in records for name in record.versions}
    first = records[0]
    return {
        "dataset": first.dataset,
        "method": first.method,
        "metric": first.metric,
        "status": card["status"],
        "seeds": [record.seed for record in records if isinstance(record, Scored)],
        "failures": [failure(record) for record in records if isinstance(record, Failed)],
        "parameters": first.parameters,
        "spec": first.spec,
        "spec_sha256": first.spec_sha256,
        "data_sha256": card["content_sha256"],
        "code": distinct(record.code for record in records),
        "adopted": adopted(timed),
        "devices": distinct(record.device for record in records),
        "device_names": distinct(timing.device_name for timing in timed if timing.device_name),
        "versions": {name: distinct(record.versions.get(name, "?") for record in records) for name in versions},
        "block_sizes": sorted({timing.block[1] - timing.block[0] + 1 for timing in timed}),
        "timed_runs": len(timed),
        "seconds": sum(timing.seconds for timing in timed),
        "started": started,
        "ended": ended,
        "peak_memory_mb": max((timing.peak_memory_mb for timing in timed if timing.peak_memory_mb), default=None),
    }


def adopted(timings: Sequence[Timing]) -> list[dict[str, Any]]:
    """The replays by which runs of earlier code count, each with how many of these runs it adopts."""
    found = [timing.adopted for timing in timings if timing.adopted is not None]
    replays = {one.replay: one.model_dump(exclude={"record", "code"}) for one in found}
    counts = Counter(one.replay for one in found)
    return [{**replays[name], "adopted": counts[name]} for name in sorted(replays)]


def failure(record: Failed) -> dict[str, Any]:
    """How one seed failed."""
    return {name: getattr(record, name) for name in ("seed", "reason", "epoch", "batch", "learning_rate")}


def time_range(timings: Sequence[Timing]) -> tuple[str | None, str | None]:
    """When the first run of the cell began and the last one ended, UTC; (None, None) without timings.

    The seeds of a block share its wall time, so a block ends after the sum of their seconds. A resumed one counts
    seconds from before its last start: of that only the start is known.
    """
    blocks: dict[tuple[str, ...], float] = {}
    for timing in timings:
        key = (timing.started, timing.host, str(timing.block))
        blocks[key] = blocks.get(key, 0.0) + (0.0 if timing.resumed else timing.seconds)
    spans = [(datetime.fromisoformat(start), seconds) for (start, *_), seconds in blocks.items()]
    if not spans:
        return None, None
    ended = max(start + timedelta(seconds=seconds) for start, seconds in spans)
    started = min(start for start, _ in spans)
    return started.astimezone(UTC).strftime(TIME), ended.astimezone(UTC).strftime(TIME)


def distinct(values: Iterable[str]) -> list[str]:
    """The different values, sorted."""
    return sorted(set(values))
