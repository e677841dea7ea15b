"""What a replay on another processor takes for rounding that is none, and the other way round.

    python benchmarks/rounding.py --data results/paper/data --share 1% --out benchmarks/results/rounding.csv

Of a sample of the archive, a row a run. Twins of the run, first weights moved by their last digit, stand for the same
run on another processor: of `drawn` so many are `beyond` 1e-4, and so many `false_alarms`, said to differ. Then the run
with an error in it: the step, from 1, in which it is seen, by 1e-4 alone and by the whole rule, 0 where it is not.
"""

import argparse
import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from repool.archive.command import share
from repool.archive.compare import RELATIVE, far_step
from repool.archive.repeat import by_today, check_prepared
from repool.archive.replay import Places, Run
from repool.archive.store import Archive
from repool.datasets.loading import load
from repool.datasets.store import GraphStore
from repool.places import project_file
from repool.training import device, evaluators
from repool.training.block import Block
from repool.training.rounding import BLOCKS, TWINS, distances, first_losses

CPU = torch.device("cpu")


def faster(times: float) -> Callable[[Block], None]:
    def change(block: Block) -> None:
        block.learning_rates = block.learning_rates * times

    return change


@torch.no_grad()
def larger(block: Block) -> None:
    block.optimiser.weights.mul_(1.001)


@torch.no_grad()
def one_larger(block: Block) -> None:
    block.optimiser.weights[:, block.parameters // 2] *= 1.01


def other_batches(block: Block) -> None:
    block.order = block.order[:, ::-1].copy()


ERRORS = {
    "learning rate + 1 %": faster(1.01),
    "learning rate + 0.1 %": faster(1.001),
    "weights + 0.1 %": larger,
    "one weight + 1 %": one_larger,
    "batches in another order": other_batches,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the prepared datasets")
    parser.add_argument("--share", type=share, default=0.01, help="of the runs (default: 1%%)")
    parser.add_argument("--drawn", type=int, default=64, help="twins that stand for another processor (default: 64)")
    parser.add_argument("--out", type=Path, required=True, help="a CSV file")
    options = parser.parse_args()
    archive, places = Archive(project_file("results/archive")), Places(options.data, Path("results"))
    runs = [run for kind in by_today(archive, [], options.share).values() for run in kind]
    check_prepared(runs, places)
    device.prepare()
    evaluators.register()
    with options.out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        errors = [f"{error}, {rule}" for error in ERRORS for rule in (f"{RELATIVE:g}", "rule")]
        writer.writerow(["dataset", "method", "family", "seed", "drawn", "beyond", "false_alarms", *errors])
        for run in runs:
            writer.writerow(row(run, options.data / run.cell.dataset, options.drawn))
            file.flush()


def row(run: Run, data: Path, drawn: int) -> list[object]:
    """What is measured of one run."""
    spec, known, store = run.cell.spec, run.entry.identity, load(data)
    stream = np.random.default_rng([known.seed, BLOCKS])
    blocks = [distances(spec, store, known.seed, CPU, stream) for _ in range(BLOCKS)]
    rounding = np.maximum.accumulate([np.maximum.accumulate(block.max(axis=0)) for block in blocks])
    twins = np.concatenate([distances(spec, store, known.seed, CPU, stream) for _ in range(-(-drawn // TWINS))])
    beyond = [twin for twin in twins[:drawn] if far_step(apart(twin))]
    false_alarms = sum(by_the_rule(twin, rounding) > 0 for twin in beyond)
    found = []
    for change in ERRORS.values():
        own, wrong = (losses(spec, store, known.seed, how) for how in (None, change))
        distance = np.abs(wrong / own - 1)
        found += [far_step(apart(distance)), by_the_rule(distance, rounding)]
    return [run.cell.dataset, known.method, run.cell.family, known.seed, drawn, len(beyond), false_alarms, *found]


def losses(spec: dict[str, Any], store: GraphStore, seed: int, change: Callable[[Block], None] | None) -> np.ndarray:
    """The first training losses of a run, or of one with an error in it."""
    block = Block(spec, store, [seed], CPU)
    if change is not None:
        change(block)
    return first_losses(block)[0]


def apart(distance: np.ndarray) -> list[tuple[float, float]]:
    """Two runs' losses that are so far apart."""
    return [(1.0 + one, 1.0) for one in distance]


def by_the_rule(distance: np.ndarray, rounding: np.ndarray) -> int:
    """The step that no number of twins explains, 0 where one does."""
    step = far_step(apart(distance))
    for of_more_twins in rounding:
        if not step:
            break
        step = far_step(apart(distance), of_more_twins)
    return step


if __name__ == "__main__":
    main()
