"""Time of a training step against its floor: the products and the memory traffic that the network needs at least.

    python benchmarks/floor.py --data results/cpu/data/NCI1 results/cpu/data/PROTEINS --out benchmarks/results/floor.csv

Products are counted from shapes (`needed`) for the very graphs of the timed steps, in the form of fewest operations,
and take what this machine needs for that shape by the faster of torch.bmm and numpy's BLAS. To them comes the time of
copying what must move. Steps are those of the pipeline's `Block` on one thread, the same ones in every round; of each
the fastest round counts, and rates are tried between the rounds. All times are the processor's. A row is written as
soon as it is known.
"""

import argparse
import csv
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from counting import Level, Work
from needed import Data, needed
from rates import Rates, moved, seconds_of_processor
from threadpoolctl import threadpool_limits

from repool.datasets.loading import load
from repool.datasets.store import GraphStore
from repool.spec import merged, spec
from repool.training import device
from repool.training.block import Block

ROOT = Path(__file__).parents[1]
METHODS = (
    *("graclus", "complement", "global-mean", "graphsage", "gin", "diffpool", "diffpool-v2"),
    *("mincut", "gmn", "gmn-distance", "gmn-random"),
)


def main() -> None:
    options = arguments()
    device.prepare()
    threadpool_limits(1)
    config = merged([ROOT / "config/paper.yaml"])
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("w", newline="") as file:
        writer = None
        for data in options.data:
            store = load(data)
            for method in options.methods:
                for seeds in options.seeds:
                    row = case(spec(config, store.card["dataset"], method), store, seeds, options)
                    row = {"dataset": store.card["dataset"], "method": method, "seeds": seeds} | row
                    if writer is None:
                        writer = csv.DictWriter(file, list(row))
                        writer.writeheader()
                    writer.writerow(row)
                    file.flush()
                    print(", ".join(f"{name} {value}" for name, value in row.items()), flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="prepared datasets")
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 10], help="trained in lockstep")
    parser.add_argument("--steps", type=int, default=20, help="timed in each round, after a first one")
    parser.add_argument("--seconds", type=float, default=10, help="after which a round times no more steps")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


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


def warming(block: Block) -> int:
    """Steps before those that are timed."""
    return int(block.batches > 2)


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
