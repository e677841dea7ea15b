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
from repool.training import device, probe


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
    short = {**probe.shortened(spec), "training": {**spec["training"], "max_epochs": 3}}
    block = trainer.Block(short, load(folder), list(range(seeds)), torch.device("cpu"))
    evaluated, seen = probe.shorten(block, graphs)
    looks = Looks()
    training = block.train()
    probe.warm_up(block, training)
    first, second = (epoch(block, training, seconds, looks) for _ in range(2))
    looks(block, list(range(len(block.live))), block.evaluation_batch)
    return {
        "batches": block.batches,
        "trained_batches": min(first["trained_batches"], second["trained_batches"]),
        "train_s": probe.of_both(first["train"], second["train"], probe.period(spec)),
        "evaluate_s": second["evaluate"] / evaluated,
        "look_s": looks.seconds[-1] / seen,
    }


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


def epoch(block: trainer.Block, training: Iterator[bool], most: float, looks: Looks) -> dict[str, float]:
    """The parts of one epoch; from `most` seconds on only its last batch is still trained."""
    seen = len(looks.seconds)
    parts = probe.epoch(block, training, most)
    evaluate = parts.rest - sum(looks.seconds[seen:])
    return {"train": parts.train, "trained_batches": parts.batches, "evaluate": evaluate}
