"""Seconds per training epoch and peak memory of this trainer against the plain PyTorch Geometric form, in one run.

    python benchmarks/against_pyg.py --data results/cpu/data/NCI1 --out benchmarks/results/nci1.csv

Every measurement is a process of its own on one thread, so that memory is its own; the two sides alternate, so that a
busy machine slows both. Prints the ratios as a table and writes them as CSV.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

CASES = [
    # select, batch, seeds in lockstep, ratio to reach against the plain trainer
    ("graclus", 8, 1, 3.0),
    ("graclus", 64, 1, 2.5),
    ("complement", 8, 1, 10.0),
    ("complement", 64, 1, 18.0),
    ("complement-dense", 8, 1, None),
    ("complement-dense", 64, 1, None),
    ("global-mean", 8, 1, None),
    ("graclus", 8, 10, 5.5),
    ("complement", 8, 10, None),
]


def main() -> None:
    options = arguments()
    if options.measure:
        print(json.dumps(measure(options)))
        return
    import pandas as pd  # here, for a measured process must not import what training does not

    rows = []
    for select, batch, seeds, target in CASES:
        ours, plain = alternate(options, select, batch, seeds)
        ratio = plain["seconds"] / ours["seconds"]
        rows.append(
            {
                "model": select,
                "batch": batch,
                "seeds": seeds,
                "repool_s_per_epoch_and_seed": round(ours["seconds"], 3),
                "plain_s_per_epoch": round(plain["seconds"], 3),
                "ratio": round(ratio, 2),
                "target": target,
                "repool_peak_mb": ours["peak_mb"],
                "plain_peak_mb": plain["peak_mb"],
                "first_step_s": round(ours["first_step"], 2),
            }
        )
        print(pd.DataFrame(rows).to_string(index=False), end="\n\n", flush=True)
    table = pd.DataFrame(rows)
    alone = table[(table.model == "graclus") & (table.batch == 8) & (table.seeds == 1)].iloc[0]
    block = table[(table.model == "graclus") & (table.batch == 8) & (table.seeds == 10)].iloc[0]
    gain = alone.repool_s_per_epoch_and_seed / block.repool_s_per_epoch_and_seed
    print(f"a block of 10 seeds against one seed at a time: {gain:.2f} (target 1.8)")
    print(f"matching of the plain trainer: {plain['matching']}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(options.out, index=False)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a prepared dataset with node labels")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/against_pyg.csv"))
    parser.add_argument("--rounds", type=int, default=2, help="processes of each side; the fastest epoch counts")
    parser.add_argument("--epochs", type=int, default=3, help="epochs of each process, the first not counted")
    parser.add_argument("--measure", choices=["repool", "plain"], help=argparse.SUPPRESS)
    parser.add_argument("--select", help=argparse.SUPPRESS)
    parser.add_argument("--batch", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--seeds", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def alternate(options: argparse.Namespace, select: str, batch: int, seeds: int) -> tuple[dict, dict]:
    """The best of each side over the rounds."""
    found: dict[str, list[dict]] = {"repool": [], "plain": []}
    for _ in range(options.rounds):
        for side, results in found.items():
            command = [sys.executable, __file__, "--data", str(options.data), "--epochs", str(options.epochs)]
            command += ["--measure", side, "--select", select, "--batch", str(batch), "--seeds", str(seeds)]
            output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            results.append(json.loads(output.splitlines()[-1]))
    ours, plain = ({**min(results, key=lambda r: r["seconds"])} for results in found.values())
    return ours, plain


def measure(options: argparse.Namespace) -> dict:
    """Best seconds per training epoch and seed, peak memory, and seconds from start to first step."""
    return (measure_repool if options.measure == "repool" else measure_plain)(options)


def measure_repool(options: argparse.Namespace) -> dict:
    from repool.datasets.store import load
    from repool.training import device
    from repool.training.block import Block

    device.prepare()
    store = load(options.data)
    model = {"family": "graclus", "select": options.select.removesuffix("-dense"), "layers": 3, "hidden": 64}
    if options.select == "global-mean":
        model = {"family": "global-mean", "convolutions": 3, "hidden": 64}
    protocol = {"batch": options.batch, "learning_rate": 1e-3, "lowest_learning_rate": 1e-5, "decay": 0.5}
    protocol |= {"decay_patience": 10, "stop_patience": 50, "max_epochs": options.epochs}
    spec = {"dataset": store.card["dataset"], "model": model, "training": protocol}
    block = Block(spec, store, list(range(options.seeds)), device.choose("cpu"))
    runs, seconds, first_step = list(block.live), [], None
    for epoch_ended in block.train():
        if first_step is None:
            first_step = since_start()
        if epoch_ended:
            seconds.append(sum(run.training_seconds for run in runs) / len(runs) - sum(seconds))
    return {"seconds": min(seconds[1:]), "peak_mb": device.peak_memory_mb(), "first_step": first_step}


def measure_plain(options: argparse.Namespace) -> dict:
    import torch
    from plain_pyg import MATCHING, PlainNetwork, to_pyg, train_epochs

    from repool.datasets.store import load
    from repool.training.device import peak_memory_mb
    from repool.training.splits import split

    torch.set_num_threads(1)
    store = load(options.data)
    graphs = to_pyg(store, split(store, 0)[0])
    layers = 3
    select = "none" if options.select == "global-mean" else options.select
    network = PlainNetwork(select, store.inputs, 64, store.outputs, layers)
    seconds = train_epochs(graphs, network, options.batch, options.epochs, time.perf_counter)
    return {"seconds": min(seconds[1:]), "peak_mb": peak_memory_mb(), "matching": MATCHING}


def since_start() -> float:
    """Seconds since this process began."""
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
