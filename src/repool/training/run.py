"""Train one block from a spec to records: what the rule calls and what a person calls to debug."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from repool.canonical import digest
from repool.datasets.loading import load
from repool.errors import UserError
from repool.fingerprint import training_code
from repool.schemas.progress import BlockProgress, heard_now
from repool.schemas.timing import FIRST_STEPS
from repool.training import checkpoint, device, evaluators, record
from repool.training.block import Block
from repool.training.kept import Place
from repool.training.progress import Progress

SECONDS_BETWEEN_CHECKPOINTS = 60.0
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGHUP)


def train(
    spec: dict[str, Any],
    seeds: list[int],
    out: Path,
    data: Path,
    device_name: str = "auto",
    activations: int | None = None,
    lacking: list[int] | None = None,
) -> int:
    """Train the seeds of a block in lockstep and write their records to `out`.

    Where only some seeds are `lacking` a record, those are trained; but if there is a checkpoint of the whole block,
    which was killed among its records, all go on from it, so that what is lacking is what the whole block gives.

    One seed's `activations` of a few graphs can be kept beside its record. A seed that fails has a record that says so.

    A checkpoint under `out/checkpoints/` is renewed every minute, on signals that ask a job to stop, and before the
    records are written; the same command goes on from it. It is removed when every record is written.

    Returns:
        0; 128 + the signal's number if a signal stopped it.

    Raises:
        UserError: the spec, the data or the device is not usable.
    """
    device.prepare()
    evaluators.register()
    place = device.choose(device_name)
    store = load(data)
    if store.card["dataset"] != spec["dataset"]:
        raise UserError(
            f"{data} holds {store.card['dataset']}, the spec asks for {spec['dataset']}. Give its folder with --data."
        )
    code = training_code(spec["model"]["family"])
    everything = [spec, code, store.card["content_sha256"], place.type]
    files, key = Place(out, seeds, activations), digest([*everything, seeds])[:12]
    said_in = files.progress
    if lacking and lacking != seeds and not files.checkpoint(key).exists():
        seeds = lacking
        files, key = Place(out, seeds, activations), digest([*everything, seeds])[:12]
    block = Block(spec, store, seeds, place)
    facts = {
        "spec": spec,
        "code": code,
        "method": files.method,
        "block": [seeds[0], seeds[-1]],
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "device_name": device.describe(place),
        "resumed": _resume(block, files.checkpoint(key), key),
    }
    title = f"{spec['dataset']} {facts['method']} seeds {seeds[0]}-{seeds[-1]}"
    progress = Progress(
        block, title, said_in, BlockProgress(spec_sha256=digest(spec), code=code, seeds=seeds, **heard_now())
    )
    first_losses: dict[int, list[float]] = {}
    stopped_by = _train(block, lambda: _save(block, files.checkpoint(key), key), progress, first_losses)
    if stopped_by:
        print(f"stopped by {stopped_by.name} in epoch {block.epoch + 1}; the same command goes on", flush=True)
        return 128 + stopped_by
    _save(block, files.checkpoint(key), key)
    facts |= {"peak_memory_mb": device.peak_memory_mb(), "first_losses": first_losses}
    _write_records(block, facts, files, key, lacking or seeds)
    said_in.unlink(missing_ok=True)
    return 0


def _resume(block: Block, path: Path, key: str) -> bool:
    """Bring the block to the state of its checkpoint, if there is a sound one; whether there was."""
    if not path.exists():
        return False
    try:
        checkpoint.restore(block, path, key)
    except checkpoint.DamagedError as error:
        print(f"the checkpoint {path} cannot be used: {error}. Training begins anew.", file=sys.stderr)
        path.unlink()
        return False
    print(f"going on from {path}: epoch {block.epoch}, step {block.batch}", flush=True)
    return True


def _save(block: Block, path: Path, key: str) -> None:
    """Renew the checkpoint; where that fails, the last one stands and training goes on."""
    try:
        checkpoint.save(block, path, key)
    except OSError as error:
        kept = "the one before it stands" if path.exists() else "there is none yet"
        print(
            f"repool: the checkpoint of epoch {block.epoch} was not saved ({error}): {kept}, and training goes on. Is "
            f"the disk full? Make room at {path.parent}; the next try is in a minute.",
            file=sys.stderr,
            flush=True,
        )


def _train(
    block: Block, save: Callable[[], None], progress: Progress, first_losses: dict[int, list[float]]
) -> signal.Signals | None:
    """Train until the end, or until a signal, which it returns; the checkpoint then holds the state.

    Where the first steps are among the trained ones, `first_losses` gets their training losses, of every seed.
    """
    received: list[signal.Signals] = []
    saved = time.monotonic()
    with _listening(received):
        for epoch_ended in block.train():
            progress.step()
            if block.epoch == 0 and block.batch == min(FIRST_STEPS, block.batches - 1):
                losses = block.batch_losses[: block.batch].T.tolist()
                first_losses.update((run.seed, losses[place]) for place, run in enumerate(block.live))
            if epoch_ended:
                progress.epoch()
            stopped = bool(received and block.live)
            if stopped or time.monotonic() - saved > SECONDS_BETWEEN_CHECKPOINTS:
                save()
                saved = time.monotonic()
            if stopped:
                break
    stopped_by = received[0] if block.live else None
    progress.close(f"stopped by {stopped_by.name}" if stopped_by else "")
    return stopped_by


def _write_records(block: Block, facts: dict[str, Any], files: Place, key: str, lacking: list[int]) -> None:
    """Write the records that are lacking, with the reasons of those that failed on stderr."""
    for run in block.finished:
        if run.seed not in lacking:
            continue
        record.write(run, block, facts, files.out, activations=run.seed == files.activations)
        if run.failure:
            print(
                f"repool: seed {run.seed} failed: {run.failure.reason} (learning rate "
                f"{run.failure.learning_rate:g}). Its record says so; a lower learning rate is another specification, "
                f"`python -m repool retry {facts['spec']['dataset']} {facts['method']}` lets it train once more.",
                file=sys.stderr,
            )
    files.checkpoint(key).unlink(missing_ok=True)


@contextmanager
def _listening(received: list[signal.Signals]) -> Iterator[None]:
    """Collect the signals that ask a job to stop, instead of dying of them."""
    previous = {number: signal.getsignal(number) for number in STOPPING}
    # Under nohup a closed terminal is to be ignored, and stays so.
    heard = [number for number, handler in previous.items() if handler is not signal.SIG_IGN]
    for number in heard:
        signal.signal(number, lambda number, _: received.append(signal.Signals(number)))
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, previous[number])
