"""Train one block from a spec to records: what the rule calls and what a person calls to debug."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from repool.canonical import digest
from repool.datasets.store import load
from repool.errors import UserError
from repool.fingerprint import training_code
from repool.training import checkpoint, device, finished, record
from repool.training.block import Block
from repool.training.progress import Progress

SECONDS_BETWEEN_CHECKPOINTS = 60.0
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)


def train(
    spec: dict[str, Any],
    seeds: list[int],
    out: Path,
    data: Path,
    device_name: str = "auto",
    activations: int | None = None,
) -> int:
    """Train the seeds of a block in lockstep and write their records to `out`.

    One seed's `activations` of a few graphs can be kept beside its record.

    A checkpoint under `out/checkpoints/` is renewed every minute and on SIGTERM, SIGINT and SIGUSR1; the same command
    goes on from it, and it is removed when every record is written.

    Returns:
        0; 128 + the signal's number if a signal stopped it; 1 if a seed failed (the others have their records).

    Raises:
        UserError: the spec, the data or the device is not usable.
    """
    device.prepare()
    place = device.choose(device_name)
    store = load(data)
    if store.card["dataset"] != spec["dataset"]:
        raise UserError(
            f"{data} holds {store.card['dataset']}, the spec asks for {spec['dataset']}. Give its folder with --data."
        )
    code = training_code(spec["model"]["family"])
    whole = seeds
    seeds = finished.lacking(out, whole, spec, code, store.card["content_sha256"], activations)
    if seeds != whole:
        there = [seed for seed in whole if seed not in seeds]
        print(f"there already: {len(there)} records of this spec, code and data, seeds {there}", flush=True)
    if not seeds:
        finished.conclude(out, whole, spec, code, activations)
        return 0
    block = Block(spec, store, seeds, place)
    key = digest([spec, code, store.card["content_sha256"], place.type, seeds])[:12]
    path = out / "checkpoints" / f"seeds-{seeds[0]:02d}-{seeds[-1]:02d}-{key}.pt"
    facts = {
        "spec": spec,
        "code": code,
        "method": out.resolve().name,
        "block": [seeds[0], seeds[-1]],
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "device_name": device.describe(place),
        "resumed": path.exists(),
    }
    if path.exists():
        checkpoint.restore(block, path)
        print(f"going on from {path}: epoch {block.epoch}, step {block.batch}", flush=True)
    stopped_by = _train(block, path, f"{spec['dataset']} {facts['method']} seeds {seeds[0]}-{seeds[-1]}")
    if stopped_by:
        print(f"stopped by {stopped_by.name}; {path} holds the state, the same command goes on from it", flush=True)
        return 128 + stopped_by
    facts["peak_memory_mb"] = device.peak_memory_mb()
    ended = _write_records(block, facts, out, path, activations)
    if ended == 0:
        finished.conclude(out, whole, spec, code, activations)
    return ended


def _train(block: Block, path: Path, title: str) -> signal.Signals | None:
    """Train until the end, or until a signal, which it returns; the checkpoint then holds the state."""
    received: list[signal.Signals] = []
    progress = Progress(block, title)
    saved = time.monotonic()
    with _listening(received):
        for epoch_ended in block.train():
            progress.step()
            if epoch_ended:
                progress.epoch()
            stopped = bool(received and block.live)
            if stopped or time.monotonic() - saved > SECONDS_BETWEEN_CHECKPOINTS:
                checkpoint.save(block, path)
                saved = time.monotonic()
            if stopped:
                break
    progress.close()
    return received[0] if block.live else None


def _write_records(block: Block, facts: dict[str, Any], out: Path, path: Path, activations: int | None) -> int:
    """Write the records of all seeds that succeeded; 1, with the reasons on stderr, if some failed."""
    failed = [run for run in block.finished if run.failure]
    for run in block.finished:
        if run.failure is None:
            record.write(run, block, facts, out, activations=run.seed == activations)
    if failed:
        checkpoint.save(block, path)
        for run in failed:
            print(f"repool: {run.failure}", file=sys.stderr)
        return 1
    path.unlink(missing_ok=True)
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()
    return 0


@contextmanager
def _listening(received: list[signal.Signals]) -> Iterator[None]:
    """Collect the signals that ask a job to stop, instead of dying of them."""
    previous = {number: signal.getsignal(number) for number in STOPPING}
    for number in STOPPING:
        signal.signal(number, lambda number, _: received.append(signal.Signals(number)))
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
