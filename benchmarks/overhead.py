"""What safety costs: checkpoints, records and the check of the data, beside the training itself.

    python benchmarks/overhead.py --data results/cpu/data/NCI1 --out benchmarks/results/overhead.csv

Medians of some repetitions in a block of ten seeds. A checkpoint is renewed once a minute, so that its share of the
time is its seconds in 60; data are verified once a process, records and the last checkpoint written once a block.
"""

import argparse
import csv
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

from repool.datasets.loading import load
from repool.overlays import merged
from repool.spec import spec
from repool.training import checkpoint, device, record
from repool.training.block import Block
from repool.training.run import SECONDS_BETWEEN_CHECKPOINTS

ROOT = Path(__file__).parents[1]
REPETITIONS = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="a prepared dataset")
    parser.add_argument("--methods", nargs="+", default=["graclus", "diffpool", "gmn"])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=4, help="timed; the first does not count")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    device.prepare()
    rows = []
    for method in options.methods:
        rows.append(costs(options.data, method, list(range(options.seeds)), options.epochs))
        print(", ".join(f"{name} {value}" for name, value in rows[-1].items()), flush=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def costs(data: Path, method: str, seeds: list[int], epochs: int) -> dict[str, object]:
    """One row of the table."""
    wanted = spec(merged([ROOT / "config/paper.yaml"]), data.name, method)
    wanted["training"]["max_epochs"] = epochs
    block = Block(wanted, load(data), seeds, torch.device("cpu"))
    ended = [time.perf_counter()]
    with tempfile.TemporaryDirectory() as name:
        folder, saving = Path(name), 0.0
        for epoch_ended in block.train():
            if epoch_ended and block.live:
                ended.append(time.perf_counter())
                saving = median(lambda: checkpoint.save(block, folder / "block.pt", "key"))
                ended.append(time.perf_counter())
        size = (folder / "block.pt").stat().st_size
        facts = dict.fromkeys(("started", "device_name", "resumed", "peak_memory_mb"))
        facts |= {"spec": wanted, "code": "none", "method": method, "block": [seeds[0], seeds[-1]]}
        writing = median(lambda: [record.write(run, block, facts, folder) for run in block.finished])
    # Epochs stand between the end of the last saving and their own; the last one ends the block.
    epoch = statistics.median([end - start for start, end in zip(ended[2::2], ended[3::2], strict=False)])
    return {
        "dataset": data.name,
        "method": method,
        "seeds": len(seeds),
        "epoch_ms": round(1000 * epoch, 1),
        "checkpoint_ms": round(1000 * saving, 2),
        "checkpoint_kb": round(size / 1000),
        "share_of_time_percent": round(100 * saving / SECONDS_BETWEEN_CHECKPOINTS, 3),
        "checkpoint_in_epoch_percent": round(100 * saving / epoch, 2),
        "records_ms": round(1000 * writing, 2),
        "data_verified_ms": round(1000 * median(lambda: load(data)), 2),
    }


def median(call: Callable[[], object]) -> float:
    """Median seconds of a call."""
    seconds = []
    for _ in range(REPETITIONS):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
