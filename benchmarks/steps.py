"""A table of training steps: a row for each dataset, method and number of seeds in lockstep."""

import argparse
import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from repool.datasets.loading import load
from repool.datasets.store import GraphStore
from repool.overlays import merged
from repool.spec import spec
from repool.training.block import Block

ROOT = Path(__file__).parents[1]
METHODS = (
    *("graclus", "complement", "global-mean", "graphsage", "gin", "diffpool", "diffpool-v2"),
    *("mincut", "gmn", "gmn-distance", "gmn-random"),
)


def arguments(purpose: str | None) -> argparse.ArgumentParser:
    """What every such table is asked for."""
    parser = argparse.ArgumentParser(description=purpose, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="prepared datasets")
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 10], help="trained in lockstep")
    parser.add_argument("--steps", type=int, default=20, help="timed, after a first one")
    parser.add_argument("--out", type=Path, required=True)
    return parser


def write(options: argparse.Namespace, row_of: Callable[[dict[str, Any], GraphStore, int], dict[str, Any]]) -> None:
    """Write and print each row as soon as it is known; `row_of` a spec, its dataset and so many seeds."""
    config = merged([ROOT / "config/paper.yaml"])
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("w", newline="") as file:
        writer = None
        for data in options.data:
            store = load(data)
            for method in options.methods:
                for seeds in options.seeds:
                    row = row_of(spec(config, store.card["dataset"], method), store, seeds)
                    row = {"dataset": store.card["dataset"], "method": method, "seeds": seeds} | row
                    if writer is None:
                        writer = csv.DictWriter(file, list(row))
                        writer.writeheader()
                    writer.writerow(row)
                    file.flush()
                    print(", ".join(f"{name} {value}" for name, value in row.items()), flush=True)


def warming(block: Block) -> int:
    """Steps before those that are timed."""
    return int(block.batches > 2)
