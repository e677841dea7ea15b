"""What an epoch of a block costs, from two that are cut short where they take long."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from repool.canonical import digest
from repool.datasets.loading import load
from repool.fingerprint import training_code
from repool.schemas.probe import Probe
from repool.training import device, evaluators
from repool.training.block import Block, Run

# Of each part of a dataset so many graphs are evaluated; their share of it says what all take.
EVALUATED = 1_000


def probe(spec: dict[str, Any], seeds: list[int], data: Path, seconds: float, device_name: str = "auto") -> Probe:
    """Train two epochs of a block, each for no more than about `seconds` and evaluated on a part where that is large.

    Raises UserError where data or device are not usable.
    """
    device.prepare()
    evaluators.register()
    place = device.choose(device_name)
    block = Block({**shortened(spec), "training": {**spec["training"], "max_epochs": 3}}, load(data), seeds, place)
    evaluated, _ = shorten(block, EVALUATED)
    training = block.train()
    warm_up(block, training)
    first, second = (epoch(block, training, seconds) for _ in range(2))
    trained = of_both(first.train, second.train, period(spec))
    return Probe(
        spec_sha256=digest(spec),
        code=training_code(spec["model"]["family"]),
        seeds=len(seeds),
        seconds_an_epoch=(trained + min(first.rest, second.rest) / evaluated) / len(seeds),
        trained=min(first.batches, second.batches) / block.batches,
        device=place.type,
        device_name=device.describe(place),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def period(spec: dict[str, Any]) -> int:
    """Every so many epochs one is unsupervised; 0 where none is."""
    return int(spec["model"].get("period", 0)) if spec["model"].get("select") == "kernel" else 0


def shortened(spec: dict[str, Any]) -> dict[str, Any]:
    """The spec with its second epoch unsupervised, if any is."""
    return {**spec, "model": {**spec["model"], "period": 2}} if period(spec) else spec


def of_both(first: float, second: float, period: int) -> float:
    """An epoch on average: an unsupervised second one counts by its share, otherwise the shorter one counts."""
    return first + (second - first) / period if period else min(first, second)


def shorten(block: Block, most: int) -> tuple[float, float]:
    """Evaluate no more than so many graphs of each part; what share of both parts that is, and of the test graphs."""
    wholes = [run.parts for run in block.live]
    for run in block.live:
        training, validation, test = run.parts
        run.parts = (training, validation[:most], test[:most])
    (_, *whole), (_, *kept) = wholes[0], block.live[0].parts
    return sum(map(len, kept)) / sum(map(len, whole)), len(kept[1]) / len(whole[1])


def warm_up(block: Block, training: Iterator[bool]) -> None:
    """Two steps that do not count, where an epoch has more."""
    for _ in range(min(2, block.batches - 1)):
        next(training)
    block.batch = 0


@dataclass(frozen=True)
class Epoch:
    """Seconds of all seeds: in training, as if no batch had been left out, and in the rest; batches that trained."""

    train: float
    rest: float
    batches: int


def epoch(block: Block, training: Iterator[bool], most: float) -> Epoch:
    """One epoch; from `most` seconds on only its last batch is still trained."""
    runs, before, batches = list(block.live), spent(block.live), 0
    started = time.perf_counter()
    while True:
        batches += 1
        if next(training):
            break
        if time.perf_counter() - started > most:
            block.batch = block.batches - 1
    trained, whole = (after - earlier for after, earlier in zip(spent(runs), before, strict=True))
    return Epoch(trained / batches * block.batches, whole - trained, batches)


def spent(runs: list[Run]) -> tuple[float, float]:
    """Seconds that the runs were charged so far: in training, and in all."""
    return sum(run.training_seconds for run in runs), sum(run.seconds for run in runs)
