"""Time of a training step against its floor: the products and the memory traffic that the network needs at least.

    python benchmarks/floor.py --data results/cpu/data/NCI1 results/cpu/data/PROTEINS --out benchmarks/results/floor.csv

Products are counted from shapes (`needed`) for the very graphs of the timed steps, in the form of fewest operations,
and take what this machine needs for that shape by the faster of torch.bmm and numpy's BLAS. To them comes the time of
copying what must move. Steps are those of the pipeline's `Block` on one thread, the same ones in every round; of each
the fastest round counts, and rates are tried between the rounds. All times are the processor's. A row is written as
soon as it is known.
"""

import argparse
import time
from typing import Any

import numpy as np
import torch
from counting import Level, Work
from needed import Data, needed
from rates import Rates, moved, seconds_of_processor
from steps import arguments, warming, write
from threadpoolctl import threadpool_limits

from repool.datasets.store import GraphStore
from repool.training import device
from repool.training.block import Block


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="after which a round times no more steps")
    parser.add_argument("--rounds", type=int, default=8)
    options = parser.parse_args()
    device.prepare()
    threadpool_limits(1)
    write(options, lambda wanted, store, seeds: case(wanted, store, seeds, options))


def case(wanted: dict[str, Any], store: GraphStore, seeds: int, options: argparse.Namespace) -> dict[str, object]:
    """One row of the table; milliseconds and operations of a step and seed."""
    rates, rounds, steps = Rates(), [], options.steps
    for _ in range(options.rounds):
        block = Block(wanted, store, list(range(seeds)), torch.device("cpu"))
        work = needed(wanted["model"], data_of(store), graphs_of_steps(block, wanted["training"]["batch"], steps))
        rounds.append(step_seconds(block, steps, options.seconds))
        steps = len(rounds[-1])
        rates.try_once(work, block.parameters, seeds)
    return {"batch": wanted["training"]["batch"]} | costs(work, block.parameters, seeds, rates, rounds, steps)


def costs(
    work: Work, weights: int, seeds: int, rates: Rates, rounds: list[list[float]], steps: int
) -> dict[str, object]:
    """The floor beside the time."""
    step = float(np.min([seconds[:steps] for seconds in rounds], axis=0).mean()) / seeds
    products, memory = rates.products(work, seeds), rates.copies(work, weights, seeds)
    return {
        "mflop": round(work.operations / 1e6, 3),
        "mbytes": round(moved(work, weights) / 1e6, 3),
        "products_ms": round(1000 * products, 4),
        "memory_ms": round(1000 * memory, 4),
        "floor_ms": round(1000 * (products + memory), 4),
        "step_ms": round(1000 * step, 4),
        "ratio": round(step / (products + memory), 2),
    }


def data_of(store: GraphStore) -> Data:
    """What a prepared dataset imposes on a network."""
    most = int(np.diff(store.node_ptr).max())
    return Data(store.inputs, store.card["features"]["kind"], store.outputs, most)


def graphs_of_steps(block: Block, batch: int, steps: int) -> Level:
    """A batch that stands for those of the timed steps: as many graphs, of all their sizes."""
    first = warming(block) * batch
    chosen = block.order[:, first : first + steps * batch]
    return Level(batch, np.diff(block.store.node_ptr)[chosen].ravel())


def step_seconds(block: Block, steps: int, most: float) -> list[float]:
    """Seconds of each step after the first, none of which ends the epoch."""
    steps = min(steps, block.batches - 1 - warming(block))
    if steps < 1:
        raise SystemExit(f"All of {block.store.card['dataset']} is one batch.")
    training, found = block.train(), []
    for _ in range(warming(block)):
        next(training)
    stop = time.perf_counter() + most
    while len(found) < steps and (not found or time.perf_counter() < stop):
        started = seconds_of_processor()
        next(training)
        found.append(seconds_of_processor() - started)
    return found


if __name__ == "__main__":
    main()
