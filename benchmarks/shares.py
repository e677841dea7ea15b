"""Where the time of a training step goes, by what spends it.

    python benchmarks/shares.py --data results/cpu/data/NCI1 --out benchmarks/results/shares.csv

Compiled functions are timed where Python calls them: products (BLAS, called from compiled loops), other loops over rows
and edges, batches and matchings, the optimiser. What is left is torch's own operations and the cost of calling. Steps
are those of `floor.py`, milliseconds a seed, the processor's time, of each kind the median over the steps.
"""

import sys
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numba.core.registry import CPUDispatcher
from rates import seconds_of_processor
from steps import arguments, warming, write

from repool.datasets.store import GraphStore
from repool.training import device
from repool.training.block import Block

PRODUCTS, LOOPS, BATCHES, OPTIMISER = "products", "loops", "batches", "optimiser"
PRODUCT_MODULES = {"linear", "products", "assignment_products", "memory_assignment", "cut_products"}
BATCH_MODULES = {"batches", "matching", "levels", "ranges", "permutations"}


def main() -> None:
    options = arguments(__doc__).parse_args()
    device.prepare()
    write(options, lambda wanted, store, seeds: shares(wanted, store, seeds, options.steps))


def shares(wanted: dict[str, Any], store: GraphStore, seeds: int, steps: int) -> dict[str, float]:
    """Milliseconds of a step and seed: in all, by kind of compiled function, and outside of them."""
    block = Block(wanted, store, list(range(seeds)), torch.device("cpu"))
    training = block.train()
    # Compiled functions that call each other are compiled in the first step, before any is timed.
    for _ in range(max(1, warming(block))):
        next(training)
    with Timers() as timers:
        found = [timers.during(lambda: next(training)) for _ in range(min(steps, block.batches - 2))]
    medians = {kind: 1000 * float(np.median([step[kind] for step in found])) / seeds for kind in found[0]}
    whole = medians.pop("step")
    rounded = {kind: round(value, 4) for kind, value in medians.items()}
    return {"step_ms": round(whole, 4)} | rounded | {"torch_and_calls": round(whole - sum(medians.values()), 4)}


class Timers:
    """Compiled functions of the project, timed while this is entered."""

    def __init__(self) -> None:
        self._spent: dict[str, float] = defaultdict(float)
        self._replaced: list[tuple[Any, str, CPUDispatcher]] = []

    def __enter__(self) -> "Timers":
        for module in [module for name, module in sys.modules.items() if name.startswith("repool.")]:
            for name, value in list(vars(module).items()):
                if isinstance(value, CPUDispatcher):
                    self._replaced.append((module, name, value))
                    setattr(module, name, self._timed(value))
        return self

    def __exit__(self, *_: object) -> None:
        for module, name, value in self._replaced:
            setattr(module, name, value)

    def during(self, step: Callable[[], object]) -> dict[str, float]:
        """Seconds of one step by kind, and of the whole."""
        self._spent = defaultdict(float)
        started = seconds_of_processor()
        step()
        whole = seconds_of_processor() - started
        return {kind: self._spent[kind] for kind in (PRODUCTS, LOOPS, BATCHES, OPTIMISER)} | {"step": whole}

    def _timed(self, function: CPUDispatcher) -> Callable[..., Any]:
        kind = kind_of(function.py_func.__module__)

        def timed(*values: Any) -> Any:
            started = seconds_of_processor()
            result = function(*values)
            self._spent[kind] += seconds_of_processor() - started
            return result

        return timed


def kind_of(module: str) -> str:
    """What the compiled functions of a module do."""
    last = module.rpartition(".")[2]
    if last in PRODUCT_MODULES:
        return PRODUCTS
    if last in BATCH_MODULES:
        return BATCHES
    return OPTIMISER if last == "optimiser" else LOOPS


if __name__ == "__main__":
    main()
