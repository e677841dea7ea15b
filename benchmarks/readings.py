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
DATASETS = ("NCI1", "NCI109", "PROTEINS", "IMDB-B", "ZINC")
SAGES, BEFORES = ("root", "loop-as-released"), ("one", "one-activated", "three")
HEAD = "| `sage` | `before` | "
# Features are constant there, and so are means of them: without a sum before it, no convolution sees anything.
BLIND = ("IMDB-B",)
# Fewer seeds say too little of their own deviation to weigh a cell by it.
ENOUGH = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=Path, required=True, help="folder of DATASET/METHOD/seed-07.json")
    parser.add_argument("--published", type=Path, default=ROOT / "config/published.yaml")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--document", type=Path, default=ROOT / "docs/deviations.md", help="whose tables it writes")
    options = parser.parse_args()
    table = cells(options.records, Published(options.published))
    table.to_csv(options.out, index=False, float_format="%.4g")
    options.document.write_text(documented(options.document.read_text(), table))
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


def matrix(table: pd.DataFrame, single: bool) -> list[str]:
    """Every cell, as Markdown: mean +- deviation and, in brackets, z; a reading a row, a published number a column."""
    part = table[(table["before"] == SINGLE) == single]
    heads = part.drop_duplicates(["dataset", "select"]).set_index(["dataset", "select"])["published"]
    columns = [(dataset, select) for dataset in DATASETS for select in METHODS if (dataset, select) in heads]
    named = [f"{dataset} {select}: {heads[dataset, select]:g}" for dataset, select in columns]
    lines = [f"{HEAD}{' | '.join(named)} |", "|---" * (2 + len(columns)) + "|"]
    cells = part.set_index(["sage", "before", "dataset", "select"])
    for sage in SAGES:
        for before in (SINGLE,) if single else BEFORES:
            keys = [(sage, before, *column) for column in columns]
            texts = [printed(cells.loc[key]) if key in cells.index else "-" for key in keys]
            lines.append(f"| {sage} | {before} | {' | '.join(texts)} |")
    return lines


def printed(cell: pd.Series) -> str:
    """One cell."""
    places = 3 if cell.name[2] == "ZINC" else 1
    return f"{cell['mean']:.{places}f} +- {cell['std']:.{places}f} ({cell['z']:+.1f})"


def documented(text: str, table: pd.DataFrame) -> str:
    """A document with these cells in its two tables of readings, the first of several convolutions."""
    lines, tables = text.splitlines(), iter([matrix(table, single=False), matrix(table, single=True)])
    written, inside = [], False
    for line in lines:
        inside = (inside or line.startswith(HEAD)) and line.startswith("|")
        if line.startswith(HEAD):
            written += next(tables)
        elif not inside:
            written.append(line)
    return "\n".join([*written, ""])


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
