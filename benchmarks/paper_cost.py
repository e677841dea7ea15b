"""Core-hours of every cell of the paper, from two epochs of each, and evaluation's share of an epoch.

    python benchmarks/paper_cost.py --data results/paper/data --out benchmarks/results/paper_cost.csv

An epoch of a block (training, evaluation, and the look inside as often as some seed of the block is at its best) times
the epochs that runs of the family took on the dataset, or on any, in results/archive, times the seeds. Each cell is
a process of its own with no more memory than `--gigabytes`; where the block needs more, fewer seeds are measured. Rows
are written as soon as they are known, and the same command goes on from them. Seconds are those of the processor.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from epoch_cost import measure

from repool.archive.store import Archive
from repool.atomic import replacing
from repool.campaign import cell_seeds
from repool.canonical import digest
from repool.overlays import merged
from repool.spec import spec
from repool.training import device
from repool.training.scores import metric

ROOT = Path(__file__).parents[1]
ARCHIVE = ROOT / "results/archive"
ANY = "any dataset"
# Of a family without records: a run's 50 epochs of patience, and as many before them; a best epoch in ten.
ASSUMED = {"runs": 0, "epochs": 100.0, "best": 0.1}


def main() -> None:
    options = arguments()
    if options.measure:
        dataset, method, seeds = options.measure
        print(json.dumps(measure_cell(options, dataset, method, int(seeds))))
        return
    config = configuration(options)
    wanted = [
        (dataset, method)
        for dataset, method in cells(config)
        if (not options.datasets or dataset in options.datasets) and (not options.methods or method in options.methods)
    ]
    rows = pd.read_csv(options.out).to_dict("records") if options.out.exists() else []
    known = {(row["dataset"], row["method"]) for row in rows}
    left_out: dict[str, list[str]] = {}
    for dataset, method in wanted:
        if (dataset, method) in known:
            continue
        parts = smaller_and_smaller(options, config, dataset, method) if prepared(options, dataset) else None
        if parts is None:
            left_out.setdefault(dataset, []).append(method)
            continue
        rows.append(parts)
        print(", ".join(f"{name} {value}" for name, value in parts.items()), flush=True)
        write(options.out, rows)
    report([costs(row) for row in rows if (row["dataset"], row["method"]) in wanted], left_out, options)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of prepared datasets")
    parser.add_argument("--out", type=Path, required=True, help="rows that it has are kept")
    parser.add_argument("--configfile", type=Path, nargs="*", default=[], help="overlays over config/paper.yaml")
    parser.add_argument("--datasets", nargs="+", help="those alone")
    parser.add_argument("--methods", nargs="+", help="those alone")
    parser.add_argument("--seconds", type=float, default=20, help="of training, after which an epoch is cut short")
    parser.add_argument("--graphs", type=int, default=1000, help="evaluated of each part of a dataset")
    parser.add_argument("--gigabytes", type=float, default=8, help="memory of a measurement")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


def configuration(options: argparse.Namespace) -> dict[str, Any]:
    """The paper's, with the overlays that were given."""
    return merged([ROOT / "config/paper.yaml", *options.configfile])


def cells(config: dict[str, Any]) -> list[tuple[str, str]]:
    """(dataset, method) of every artifact, each once."""
    artifacts = config["artifacts"].values()
    return list(
        dict.fromkeys(
            (dataset, method)
            for artifact in artifacts
            for method in artifact.get("methods", [])
            for dataset in artifact["datasets"]
        )
    )


def prepared(options: argparse.Namespace, dataset: str) -> bool:
    """Whether a dataset can be measured."""
    return (options.data / dataset / "card.json").is_file()


def smaller_and_smaller(
    options: argparse.Namespace, config: dict[str, Any], dataset: str, method: str
) -> dict[str, Any] | None:
    """What the first block of a cell takes, measured with half of its seeds where it does not fit; None if none do."""
    seeds = len(cell_seeds(config, dataset, method))
    measured = block = min(seeds, config["seeds_per_job"])
    while measured:
        command = [sys.executable, __file__, "--data", str(options.data), "--out", str(options.out)]
        command += ["--seconds", str(options.seconds), "--graphs", str(options.graphs)]
        command += ["--gigabytes", str(options.gigabytes)]
        command += ["--configfile", *map(str, options.configfile)]
        finished = subprocess.run(
            [*command, "--measure", dataset, method, str(measured)], capture_output=True, text=True
        )
        if not finished.returncode:
            found = json.loads(finished.stdout.splitlines()[-1])
            row = {
                "dataset": dataset,
                "method": method,
                "family": config["methods"][method]["family"],
                "spec_sha256": digest(spec(config, dataset, method)),
                "device_name": device.describe(torch.device("cpu")),
                "seeds": seeds,
                "block": block,
            }
            return costs({**row, "measured_seeds": measured, **found})
        print(f"{dataset} {method}, {measured} seeds: {finished.stderr.splitlines()[-1:]}", file=sys.stderr, flush=True)
        measured //= 2
    return None


def measure_cell(options: argparse.Namespace, dataset: str, method: str, seeds: int) -> dict[str, float]:
    """In a process of its own: the seconds of its parts."""
    wanted = spec(configuration(options), dataset, method)
    found = measure(
        options.data / dataset, wanted, seeds, options.seconds, options.graphs, int(options.gigabytes * 2**30)
    )
    return {name: round(value, 4) for name, value in found.items()}


def costs(row: dict[str, Any]) -> dict[str, Any]:
    """A row with what follows from its measured columns and from the archive."""
    known = archived()
    runs = known.get((row["dataset"], row["family"])) or known.get((ANY, row["family"])) or ASSUMED
    # Seeds that are at their best independently of each other.
    look = row["look_s"] * (1 - (1 - runs["best"]) ** row["block"])
    epoch = row["train_s"] + row["evaluate_s"] + look
    hours = row["seeds"] * runs["epochs"] * epoch / row["measured_seeds"] / 3600
    return {
        **row,
        "archived_runs": runs["runs"],
        "epochs": round(runs["epochs"], 1),
        "epoch_s_per_seed": round(epoch / row["measured_seeds"], 4),
        "evaluation_share": round((row["evaluate_s"] + look) / epoch, 3),
        "core_hours": round(hours, 4),
    }


@cache
def archived() -> dict[tuple[str, str], dict[str, float]]:
    """Of each dataset and family in the archive, and of a family on any: runs, mean epochs, share of best epochs."""
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for trained, record in archived_records():
        if "curves" in record:
            scores = np.array(record["curves"]["validation"]) * (1 if metric(record["metric"]).higher_is_better else -1)
            best = 1 + int((scores[1:] > np.maximum.accumulate(scores)[:-1]).sum())
            for dataset in (trained["dataset"], ANY):
                found.setdefault((dataset, trained["model"]["family"]), []).append((record["epochs"], best))
    totals = {cell: (len(runs), *map(sum, zip(*runs, strict=True))) for cell, runs in found.items()}
    return {
        cell: {"runs": runs, "epochs": epochs / runs, "best": best / epochs}
        for cell, (runs, epochs, best) in totals.items()
    }


def archived_records() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Spec and record of every run, in the store or as a file."""
    for cell in Archive(ARCHIVE).cells():
        yield from ((cell.spec, entry.record) for entry in cell.entries)
    for path in sorted(ARCHIVE.rglob("seed-??.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        yield record["spec"], record


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    """All rows, as a whole, with what follows from them now."""
    with replacing(path) as part:
        pd.DataFrame([costs(row) for row in rows]).to_csv(part, index=False)


def report(rows: list[dict[str, Any]], left_out: dict[str, list[str]], options: argparse.Namespace) -> None:
    """Sums by family and dataset, and what they leave out."""
    if rows:
        table = pd.DataFrame(rows)
        sums = table.pivot_table("core_hours", "family", "dataset", aggfunc="sum", margins=True, margins_name="sum")
        print(f"\nCore-hours:\n{sums.to_string(float_format='{:.2f}'.format, na_rep='')}")
        print("\nEvaluation's share of an epoch, mean over the cells of a family:")
        print(table.groupby("family")["evaluation_share"].mean().to_string(float_format="{:.3f}".format))
    for dataset, methods in left_out.items():
        reason = "could not be measured" if prepared(options, dataset) else "is not prepared"
        print(f"\nNot in the sum: {dataset} {reason}, {len(methods)} cells: {', '.join(methods)}")


if __name__ == "__main__":
    main()
