"""What two epochs of a block cost: training, evaluation, and the look inside at a best epoch."""

import resource
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch

from repool.datasets.loading import load
from repool.training import block as trainer
from repool.training import device


def measure(
    folder: Path, spec: dict[str, Any], seeds: int, seconds: float, graphs: int, most_bytes: int
) -> dict[str, float]:
    """Seconds of the processor that an epoch of a block takes, in its parts.

    An epoch whose training takes longer than `seconds` trains on fewer batches, and counts as many times over; so do
    validation and test graphs, of which no more than `graphs` each are evaluated. Of a network with unsupervised epochs
    one epoch is such a one, and counts by its share; otherwise the shorter one counts.

    Raises MemoryError or a RuntimeError of torch where the block needs more than `most_bytes`.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most_bytes))
    device.prepare()
    trainer.time = SimpleNamespace(perf_counter=time.process_time)
    period = spec["model"].get("period", 0) if spec["model"].get("select") == "kernel" else 0
    model = {**spec["model"], "period": 2} if period else spec["model"]
    protocol = {**spec["training"], "max_epochs": 3}
    block = trainer.Block(
        {**spec, "model": model, "training": protocol}, load(folder), list(range(seeds)), torch.device("cpu")
    )
    evaluated, seen = shorten(block, graphs)
    looks = Looks()
    training = block.train()
    warm_up(block, training)
    first, second = (epoch(block, training, seconds, looks) for _ in range(2))
    trained = first["train"], second["train"]
    looks(block, list(range(len(block.live))), block.evaluation_batch)
    return {
        "batches": block.batches,
        "trained_batches": min(first["trained_batches"], second["trained_batches"]),
        "train_s": trained[0] + (trained[1] - trained[0]) / period if period else min(trained),
        "evaluate_s": second["evaluate"] / evaluated,
        "look_s": looks.seconds[-1] / seen,
    }


def shorten(block: trainer.Block, most: int) -> tuple[float, float]:
    """Evaluate no more than so many graphs of each part; what share of both parts that is, and of the test graphs."""
    wholes = [run.parts for run in block.live]
    for run in block.live:
        run.parts = (run.parts[0], *(part[:most] for part in run.parts[1:]))
    (_, *whole), (_, *kept) = wholes[0], block.live[0].parts
    return sum(map(len, kept)) / sum(map(len, whole)), len(kept[1]) / len(whole[1])


class Looks:
    """The look inside, timed: stands in the trainer's place of it."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._look, trainer.look = trainer.look, self

    def __call__(self, block: trainer.Block, positions: list[int], batch: int) -> list[Any]:
        started = time.process_time()
        found = self._look(block, positions, batch)
        self.seconds.append(time.process_time() - started)
        return found


def warm_up(block: trainer.Block, training: Iterator[bool]) -> None:
    """Two steps that do not count, where an epoch has more."""
    for _ in range(min(2, block.batches - 1)):
        next(training)
    block.batch = 0


def epoch(block: trainer.Block, training: Iterator[bool], most: float, looks: Looks) -> dict[str, float]:
    """The parts of one epoch; from `most` seconds on only its last batch is still trained."""
    runs, before, seen, batches = list(block.live), spent(block.live), len(looks.seconds), 0
    started = time.perf_counter()
    while True:
        batches += 1
        if next(training):
            break
        if time.perf_counter() - started > most:
            block.batch = block.batches - 1
    trained, whole = (after - earlier for after, earlier in zip(spent(runs), before, strict=True))
    return {
        "train": trained / batches * block.batches,
        "trained_batches": batches,
        "evaluate": whole - trained - sum(looks.seconds[seen:]),
    }


def spent(runs: list[trainer.Run]) -> tuple[float, float]:
    """Seconds that the runs were charged so far: in training, and in all."""
    return sum(run.training_seconds for run in runs), sum(run.seconds for run in runs)
