"""Seconds per training epoch and peak memory of this trainer against the plain PyTorch Geometric form, in one run.

    python benchmarks/against_pyg.py --data results/cpu/data/NCI1 --out benchmarks/results/nci1.csv
    python benchmarks/against_pyg.py --data results/cpu/data/PROTEINS --cases gmn,diffpool:10

What is measured stands in `cases`. Every measurement is a process of its own on one thread, so that memory is its own;
the two sides alternate, so that a busy machine slows both. Prints the ratios as a table and writes them as CSV, a row
as soon as it is known.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from cases import CASES, Case, chosen


def main() -> None:
    options = arguments()
    if options.measure:
        case = CASES[options.number]
        print(json.dumps((measure_repool if options.measure == "repool" else measure_plain)(options, case)))
        return
    import pandas as pd  # here, for a measured process must not import what training does not

    dataset = json.loads((options.data / "card.json").read_text(encoding="utf-8"))["dataset"]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    for case in chosen(dataset, options.cases and options.cases.split(",")):
        rows.append({"dataset": dataset, **row(options, case, dataset)})
        table = pd.DataFrame(rows)
        table.to_csv(options.out, index=False)
        print(table.to_string(index=False), end="\n\n", flush=True)
    print_gains(rows)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a prepared dataset with node labels")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/against_pyg.csv"))
    parser.add_argument("--cases", help="names of models, comma-separated; diffpool:10 is the case with ten seeds")
    parser.add_argument("--rounds", type=int, default=2, help="processes of each side; the fastest epoch counts")
    parser.add_argument("--epochs", type=int, default=3, help="epochs of each process, the first not counted")
    parser.add_argument("--measure", choices=["repool", "plain"], help=argparse.SUPPRESS)
    parser.add_argument("--number", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def row(options: argparse.Namespace, case: Case, dataset: str) -> dict[str, Any]:
    ours, plain = alternate(options, case)
    return {
        "model": case.shown,
        "batch": ours["batch"],
        "seeds": case.seeds,
        "repool_s_per_epoch_and_seed": round(ours["seconds"], 3),
        "plain_s_per_epoch": round(plain["seconds"], 3),
        "ratio": round(plain["seconds"] / ours["seconds"], 2),
        "target": case.target.get(dataset),
        "repool_peak_mb": ours["peak_mb"],
        "plain_peak_mb": plain["peak_mb"],
        "first_step_s": round(ours["first_step"], 2),
        "plain_measured_on": plain["measured_on"],
    }


def alternate(options: argparse.Namespace, case: Case) -> tuple[dict, dict]:
    """The best of each side over the rounds."""
    found: dict[str, list[dict]] = {"repool": [], "plain": []}
    for _ in range(options.rounds):
        for side, results in found.items():
            command = [sys.executable, __file__, "--data", str(options.data), "--epochs", str(options.epochs)]
            command += ["--measure", side, "--number", str(CASES.index(case))]
            finished = subprocess.run(command, capture_output=True, text=True)
            if finished.returncode:
                raise SystemExit(f"{case.shown}: the {side} side failed.\n{finished.stderr}")
            results.append(json.loads(finished.stdout.splitlines()[-1]))
    ours, plain = (min(results, key=lambda result: result["seconds"]) for results in found.values())
    return ours, plain


def measure_repool(options: argparse.Namespace, case: Case) -> dict[str, Any]:
    """Best seconds per training epoch and seed, peak memory, and seconds from start to first step."""
    from repool.datasets.loading import load
    from repool.training import device
    from repool.training.block import Block

    device.prepare()
    store = load(options.data)
    spec = case.spec(store.card["dataset"], options.epochs)
    block = Block(spec, store, list(range(case.seeds)), device.choose("cpu"))
    runs, seconds, first_step = list(block.live), [], None
    for epoch_ended in block.train():
        if first_step is None:
            first_step = since_start()
        if epoch_ended:
            seconds.append(sum(run.training_seconds for run in runs) / len(runs) - sum(seconds))
    batch, peak = spec["training"]["batch"], device.peak_memory_mb()
    return {"seconds": min(seconds[1:]), "peak_mb": peak, "first_step": first_step, "batch": batch}


def measure_plain(options: argparse.Namespace, case: Case) -> dict[str, Any]:
    """Best seconds per training epoch, or those that some steps make of it, and peak memory."""
    import torch
    from plain_pyg import MATCHING, to_pyg
    from plain_training import PlainTraining

    from repool.datasets.loading import load
    from repool.training.device import peak_memory_mb
    from repool.training.splits import split

    torch.set_num_threads(1)
    store = load(options.data)
    spec = case.spec(store.card["dataset"], options.epochs)
    model, protocol = spec["model"], spec["training"]
    graphs = to_pyg(store, split(store, 0)[0])
    period = None
    if model["family"] == "gmn":
        period = model["period"] if model["select"] == "kernel" else 0
    network = plain_network(case, model, store)
    training = PlainTraining(graphs, network, protocol["batch"], protocol["gradient_clip"], period, time.perf_counter)
    steps = case.steps.get(store.card["dataset"])
    if steps is not None:
        best, measured_on = training.scaled_epoch(steps), f"{steps} of {len(training.loader)} steps, by padded nodes"
    else:
        best, measured_on = min(training.epochs(options.epochs)[1:]), "whole epochs"
    if case.method in ("graclus", "complement"):
        measured_on += f", matching by {MATCHING}"
    return {"seconds": best, "peak_mb": peak_memory_mb(), "measured_on": measured_on}


def plain_network(case: Case, model: dict[str, Any], store: Any) -> Any:
    """The plain form of a model; its batch norms run over padding, as released."""
    import numpy as np
    from plain_dense import PlainDiffPool, PlainDiffPoolV2, PlainMinCut
    from plain_memory import PlainGMN
    from plain_pyg import PlainNetwork

    from repool.models.network import Shape

    if model["family"] == "graclus":
        return PlainNetwork(case.shown, store.inputs, model["hidden"], store.outputs, model["layers"])
    if model["family"] == "global-mean":
        return PlainNetwork("none", store.inputs, model["hidden"], store.outputs, model["convolutions"])
    families = {"diffpool": PlainDiffPool, "diffpool-v2": PlainDiffPoolV2, "gmn": PlainGMN, "mincut": PlainMinCut}
    shape = Shape(store.inputs, store.outputs, int(np.diff(store.node_ptr).max()))
    return families[model["family"]]({**model, "batchnorm": "padded-as-released"}, shape)


def print_gains(rows: list[dict[str, Any]]) -> None:
    """What a block of seeds gains over one seed at a time, for every model measured in both ways."""
    alone = {(row["model"], row["batch"]): row for row in rows if row["seeds"] == 1}
    for block in rows:
        one = alone.get((block["model"], block["batch"]))
        if block["seeds"] > 1 and one is not None:
            gain = one["repool_s_per_epoch_and_seed"] / block["repool_s_per_epoch_and_seed"]
            print(
                f"{block['model']}: a block of {block['seeds']} seeds has {gain:.2f} times the throughput of one seed"
            )


def since_start() -> float:
    """Seconds since this process began."""
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
