"""numbers.json: every number of the tables, tests, ranks and claims under a name, with what it was made from."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from repool.analysis.files import read_json, unquoted, write_json
from repool.analysis.numerals import COUNT, P_VALUE, PLAIN, RATIO, SCORE, numeral
from repool.artifacts.activations.table import matrices
from repool.paper import kind
from repool.words.names import METRICS

# How columns are printed; every other number is a score in its metric's decimals.
STYLES = {
    **dict.fromkeys(("runs", "one_runs", "many_runs", "published_runs", "number_of_pairs"), COUNT),
    **dict.fromkeys(("number_of_zero_differences", "number_of_tests_in_family", "datasets", "methods"), COUNT),
    **dict.fromkeys(("p_value", "p_value_holm", "equivalence_p_value", "smallest_attainable_p_value"), P_VALUE),
    **dict.fromkeys(("difference_p_value", "p"), P_VALUE),
    **dict.fromkeys(("matched_pairs_rank_biserial", "average_rank", "friedman_statistic", "confidence_level"), RATIO),
    **dict.fromkeys(("relative", "relative_low", "relative_high", "published_relative", "wilcoxon_statistic"), RATIO),
    **dict.fromkeys(("printed", "rows", "share", "share_std", "matrix_share", "matrix_share_std"), RATIO),
    **dict.fromkeys(("matrix_rows", "matrix_width"), COUNT),
    **dict.fromkeys(("least", "greatest", "largest", "tolerance", "learned", "learned_least", "identical"), PLAIN),
    **dict.fromkeys(("within_columns",), RATIO),
}
# Columns of numbers that are part of a row's name, or that no page prints.
NAMES = (
    "seed",
    "graph",
    "layer",
    "layers",
    "hidden",
    "epoch",
    "seeds",
    "block",
    "too_few_pairs",
    "verdict_allowed",
    "equivalent",
)
# Columns of text that name a row or its cells: a dataset may be called 123, a method nan.
IDENTITY = ("dataset", "method", "first_method", "second_method", "one_method", "methods", "option")
# Single runs are in the cells; of curves, what a page says is their best point.
SUMMARIES = {"mean": "mean", "std": "std", "median": "median", "low": "min", "high": "max", "runs": "count"}


@dataclass(frozen=True)
class Number:
    """One number: its name, value, how it is printed, its metric, the table and the cells that it comes from."""

    name: str
    value: float
    style: str
    metric: str
    table: str
    cells: tuple[str, ...]


def collect(
    tables: Sequence[Path], tests: Sequence[Path], ranks: Sequence[Path], claims: Path | None, out: Path
) -> None:
    """Write numbers.json from whatever tables there are; what is empty in a table has no number."""
    found = [
        *(number for path in tables for number in of_table(path)),
        *(number for path in tests for number in of_tests(path)),
        *(number for path in ranks for number in of_ranks(path)),
        *(of_claims(claims) if claims else ()),
    ]
    write_json(out, {"numbers": {number.name: as_json(number) for number in found}})


def as_json(number: Number) -> dict[str, Any]:
    """The value, how a page prints it, its unit, and its sources."""
    unit = METRICS[number.metric].unit if number.style == SCORE and number.metric in METRICS else ""
    return {
        "value": number.value,
        "text": numeral(number.value, number.style, number.metric),
        "unit": unit,
        "sources": {"table": number.table, "cells": list(number.cells)},
    }


def as_read(path: Path) -> pd.DataFrame:
    """All columns of a table: names as text, an empty field NaN."""
    rows = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=dict.fromkeys(IDENTITY, str))
    return rows.assign(**{name: rows[name].map(unquoted) for name in rows.select_dtypes(["object", "string"])})


def of_table(path: Path) -> Iterator[Number]:
    """Numbers of one artifact's table."""
    artifact, rows = path.stem, as_read(path)
    if kind(artifact) == "distribution":
        rows = summed_up(rows, "test")
    elif kind(artifact) == "curves":
        rows = best(rows)
    elif kind(artifact) == "activations":
        rows = described(rows)
    for row in rows.to_dict("records"):
        name = f"{artifact}.{identity(artifact, row)}"
        yield from of_row(name, row, f"tables/{path.name}", behind(artifact, row))


def summed_up(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """One row a cell, of a table with a row a run."""
    cells = rows.groupby(["dataset", "method", "metric"], sort=False)[column]
    summary = cells.agg(**SUMMARIES)
    return summary[summary["runs"] > 0].reset_index()


def best(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a cell, of a table with a row an epoch: where the mean over all seeds is best."""
    whole = rows[(rows["runs"] > 0) & (rows["runs"] == rows["seeds"])]
    signs = whole["metric"].map(lambda name: 1 if METRICS[name].higher_is_better else -1)
    merit = (whole["mean"] * signs).groupby([whole["dataset"], whole["method"]], sort=False)
    found = whole.loc[merit.idxmax()]
    return found.assign(best_epoch=found["epoch"])


def described(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a matrix, of a table with a row for each of its rows."""
    found = [
        {"dataset": dataset, "method": method, "graph": one.graph, "layer": one.layer}
        | dict(zip(("matrix_rows", "matrix_width"), one.values.shape, strict=True))
        | {"least": one.values.min(), "greatest": one.values.max(), "within_columns": one.within_columns}
        for (dataset, method), part in rows.assign(values=rows["values"].astype(str)).groupby(
            ["dataset", "method"], sort=False
        )
        for one in matrices(part)
    ]
    return pd.DataFrame(found)


def identity(artifact: str, row: dict[str, Any]) -> str:
    """What names a row, after its artifact."""
    if kind(artifact) == "gaps":
        return f"{row['dataset']}.layers-{row['layers']}-hidden-{row['hidden']}"
    if kind(artifact) == "activations":
        return f"{row['dataset']}.{row['method']}.graph-{row['graph']}.layer-{row['layer']}"
    if kind(artifact) == "homogeneity":
        return f"{row['dataset']}.{row['method']}" + (f".layer-{row['layer']:.0f}" if row["runs"] else "")
    last = {"datasets": (), "hyperparameters": (row.get("option"),)}.get(kind(artifact), (row.get("method"),))
    return ".".join([row["dataset"], *(str(part) for part in last)])


def behind(artifact: str, row: dict[str, Any]) -> tuple[str, ...]:
    """The cells behind a row."""
    dataset = row["dataset"]
    if kind(artifact) in ("datasets", "hyperparameters"):
        methods = [name for name in str(row.get("methods") or "").split("; ") if name and name != "nan"]
    elif kind(artifact) == "gaps":
        methods = [row["first_method"], row["second_method"]]
    else:
        methods = [row["method"], *([row["one_method"]] if "one_method" in row else [])]
    return tuple(f"{dataset}/{method}" for method in methods)


def of_tests(path: Path) -> Iterator[Number]:
    """Numbers of one artifact's paired tests."""
    for row in as_read(path).to_dict("records"):
        pair = row["first_method"], row["second_method"]
        name = f"tests.{path.stem}.{row['dataset']}.{':'.join(pair)}"
        yield from of_row(name, row, f"tests/{path.name}", tuple(f"{row['dataset']}/{method}" for method in pair))


def of_ranks(path: Path) -> Iterator[Number]:
    """Numbers of one artifact's ranks; the cells behind them are those of its table."""
    for row in as_read(path).to_dict("records"):
        yield from of_row(f"ranks.{path.stem}.{row['method']}", row, f"ranks/{path.name}", ())


def of_claims(path: Path) -> Iterator[Number]:
    """Numbers of the tests behind the verdicts."""
    for claim in read_json(path)["claims"]:
        for position, test in enumerate(claim["tests"]):
            cells = tuple(f"{test['dataset']}/{test[side]}" for side in ("first", "second") if test[side])
            row = {name: test[name] for name in ("estimate", "low", "high", "p", "margin")}
            for number in of_row(f"claims.{claim['id']}.{position}", row, path.name, cells):
                yield Number(
                    number.name, number.value, P_VALUE if number.name.endswith(".p") else PLAIN, "", path.name, cells
                )


def of_row(name: str, row: dict[str, Any], table: str, cells: tuple[str, ...]) -> Iterator[Number]:
    """A number for each column that has one."""
    metric = row.get("metric") or ("seconds_per_epoch" if kind_of(name) == "times" else "")
    for column, value in row.items():
        if column in NAMES or isinstance(value, bool | str) or value is None or not math.isfinite(value):
            continue
        style = STYLES.get(column, SCORE if metric in METRICS else PLAIN)
        style = COUNT if column == "best_epoch" else style
        yield Number(f"{name}.{column}", float(value), style, str(metric), table, cells)


def kind_of(name: str) -> str:
    """The kind of the artifact that a number's name begins with; nothing for tests, ranks and claims."""
    first = name.split(".")[0]
    return "" if first in ("tests", "ranks", "claims") else kind(first)
