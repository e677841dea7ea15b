"""How far two trainings of one seed lie apart, beside the deviation over seeds: in the same block, and alone.

    python benchmarks/determinism.py --data results/cpu/data/NCI1 --out benchmarks/results/determinism.csv

A method of each family trains a block twice, and its first seeds once more each alone, all through records, as the
pipeline does. Differences are the largest of any epoch and seed.
"""

import argparse
import csv
import json
import tempfile
from pathlib import Path

import numpy as np

from repool.overlays import merged
from repool.spec import spec
from repool.training.run import train

ROOT = Path(__file__).parents[1]
METHODS = ("graclus", "global-mean", "graphsage", "gin", "diffpool", "diffpool-v2", "gmn", "mincut")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="prepared datasets")
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--seeds", type=int, default=10, help="of the block")
    parser.add_argument("--alone", type=int, default=3, help="how many of them train alone, too")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("w", newline="") as file:
        writer = None
        for data in options.data:
            for method in options.methods:
                row = audit(data, method, list(range(options.seeds)), options.alone, options.epochs)
                writer = writer or csv.DictWriter(file, list(row))
                if not file.tell():
                    writer.writeheader()
                writer.writerow(row)
                file.flush()
                print(", ".join(f"{name} {value}" for name, value in row.items()), flush=True)


def audit(data: Path, method: str, seeds: list[int], alone: int, epochs: int) -> dict[str, object]:
    """One row of the table."""
    wanted = spec(merged([ROOT / "config/paper.yaml"]), data.name, method)
    wanted["training"]["max_epochs"] = epochs
    with tempfile.TemporaryDirectory() as folder:
        first, second, apart = (Path(folder) / name / method for name in ("first", "second", "alone"))
        for out in (first, second):
            train(wanted, seeds, out, data)
        for seed in seeds[:alone]:
            train(wanted, [seed], apart, data)
        same = all(record(first, seed).read_bytes() == record(second, seed).read_bytes() for seed in seeds)
        blocks, others, singles = (
            [json.loads(record(out, seed).read_text()) for seed in chosen]
            for out, chosen in ((first, seeds), (second, seeds), (apart, seeds[:alone]))
        )
    pairs = list(zip(blocks, singles, strict=False))
    return {
        "dataset": data.name,
        "family": wanted["model"]["family"],
        "method": method,
        "seeds": len(seeds),
        "epochs": epochs,
        "again_same_bytes": same,
        "again_curves": f"{max(map(curves_apart, blocks, others)):.3g}",
        "alone_seeds": alone,
        "alone_same_bytes": sum(one == other for one, other in pairs),
        "alone_train_loss": f"{max(map(losses_apart, blocks, singles)):.3g}",
        "alone_test": f"{max(abs(one['test'] - other['test']) for one, other in pairs):.3g}",
        "deviation_over_seeds": f"{np.std([one['test'] for one in blocks], ddof=1):.3g}",
    }


def record(out: Path, seed: int) -> Path:
    return out / f"seed-{seed:02d}.json"


def curves_apart(one: dict, other: dict) -> float:
    return max(float(np.abs(np.subtract(one["curves"][name], other["curves"][name])).max()) for name in one["curves"])


def losses_apart(one: dict, other: dict) -> float:
    """Largest difference of the training loss, relative."""
    first, second = (np.array(each["curves"]["train_loss"]) for each in (one, other))
    return float((np.abs(first - second) / first).max())


if __name__ == "__main__":
    main()
