"""Which DiffPool the paper ran: every reading of its text against every number of DiffPool that it prints.

    python benchmarks/readings.py --records results/readings/runs --out benchmarks/results/readings.csv

Records are those of `config/readings.yaml`. For each published cell z = (ours - published) / standard error, where both
means are uncertain: ours over its seeds, the paper's over its 20 runs with the deviation that it prints, or with ours
where it prints none. A reading's chi-square is the sum of z^2 over its cells of ten seeds or more, and every two
readings are compared over the cells that both have. Networks with a single convolution have nothing before the
pooling, so their cells count for every reading of the same convolution; on IMDB-B, where they see nothing, they do not.
"""

import argparse
import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
from scipy.stats import chi2

from repool.analysis.published import RUNS, Published

ROOT = Path(__file__).parents[1]
METHODS = {"learned": "diffpool", "uniform": "diffpool-uniform", "normal": "diffpool-normal"}
SINGLE = "none"
# Features are constant there, and so are means of them: without a sum before it, no convolution sees anything.
BLIND = ("IMDB-B",)
# Fewer seeds say too little of their own deviation to weigh a cell by it.
ENOUGH = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=Path, required=True, help="folder of DATASET/METHOD/seed-07.json")
    parser.add_argument("--published", type=Path, default=ROOT / "config/published.yaml")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    table = cells(options.records, Published(options.published))
    table.to_csv(options.out, index=False, float_format="%.4g")
    print(matrix(table).to_string())
    for found in (readings(table), pairs(table)):
        print(found.to_string(index=False, float_format=lambda number: f"{number:.3g}"))


def cells(folder: Path, paper: Published) -> pd.DataFrame:
    """One row for each cell that has records and a published number; SystemExit where there are no records."""
    records = [json.loads(path.read_text()) for path in sorted(folder.glob("*/*/seed-??.json"))]
    if not records:
        raise SystemExit(f"There are no records in {folder}: config/readings.yaml says how they are trained.")
    runs, rows = pd.DataFrame(map(run, records)), []
    for (dataset, select, sage, before), scores in runs.groupby(["dataset", "select", "sage", "before"])["test"]:
        printed = published(paper, dataset, METHODS[select], before == SINGLE)
        if printed is not None:
            mean, deviation = printed
            spread = scores.std() if deviation is None else deviation
            error = (scores.var() / len(scores) + spread**2 / RUNS) ** 0.5
            z = (scores.mean() - mean) / error
            row = {"sage": sage, "before": before, "dataset": dataset, "select": select, "seeds": len(scores)}
            rows.append({**row, "mean": scores.mean(), "std": scores.std(), "published": mean, "z": z})
    return pd.DataFrame(rows)


def run(record: dict[str, Any]) -> dict[str, Any]:
    """What one record says, its score in the paper's units."""
    model = record["spec"]["model"]
    before = SINGLE if model["first"] == SINGLE else model["before"]
    score = record["test"] if record["metric"] == "mae" else 100 * record["test"]
    return {
        "dataset": record["spec"]["dataset"],
        "select": model["select"],
        "sage": model["sage"],
        "before": before,
        "test": score,
    }


def published(paper: Published, dataset: str, method: str, single: bool) -> tuple[float, float | None] | None:
    """Mean and deviation as printed, from table 2 where it has the cell; None if the paper prints nothing."""
    of_convolutions = paper.ablation().get(method, {}).get(dataset)
    if of_convolutions:
        return of_convolutions["one" if single else "many"], None
    score = paper.score("table_3", method, dataset)
    return None if single or score is None or score.mean is None else (score.mean, score.std)


def matrix(table: pd.DataFrame) -> pd.DataFrame:
    """Mean and deviation of every cell beside the published number, a reading a row."""
    texts = [
        f"{row.mean:.{places}f} +- {row.std:.{places}f}"
        for row in table[["dataset", "mean", "std"]].itertuples()
        for places in [3 if row.dataset == "ZINC" else 1]
    ]
    columns = table["dataset"] + " " + table["select"] + " (" + table["published"].map("{:g}".format) + ")"
    cells = table.assign(text=texts, cell=columns)
    return cells.pivot(index=["sage", "before"], columns="cell", values="text").fillna("-")


def readings(table: pd.DataFrame) -> pd.DataFrame:
    """The chi-square of every reading over the cells that it has, and how likely more is where the reading is right."""
    found = []
    for (sage, before), own in counted(table).items():
        square = (own["z"] ** 2).sum()
        row = {"sage": sage, "before": before, "cells": len(own), "chi-square": square}
        found.append({**row, "p": chi2.sf(square, len(own))})
    return pd.DataFrame(found).sort_values("chi-square")


def pairs(table: pd.DataFrame) -> pd.DataFrame:
    """Every two readings over the cells that both have, the one of the lesser chi-square first."""
    found = []
    for one, other in combinations(counted(table).items(), 2):
        shared = pd.concat([one[1]["z"], other[1]["z"]], axis=1, keys=["one", "other"], join="inner")
        squares = (shared**2).sum()
        (less, better), (more, worse) = sorted([(squares["one"], one[0]), (squares["other"], other[0])])
        row = {"better": ", ".join(better), "chi-square": less, "worse": ", ".join(worse), "its chi-square": more}
        found.append({**row, "cells": len(shared)})
    return pd.DataFrame(found)


def counted(table: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    """The cells of every reading that have seeds enough, by dataset, assignments and whether nothing stands before."""
    enough = table[(table["seeds"] >= ENOUGH) & ~(table["dataset"].isin(BLIND) & (table["before"] == SINGLE))]
    keyed = enough.assign(single=enough["before"] == SINGLE).set_index(["dataset", "select", "single"])
    single, several = keyed[keyed["before"] == SINGLE], keyed[keyed["before"] != SINGLE]
    return {
        reading: pd.concat([own, single[single["sage"] == reading[0]]])
        for reading, own in several.groupby(["sage", "before"])
    }


if __name__ == "__main__":
    main()
