"""Table S1: the prepared data beside the paper's description."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.analysis.names import NOT_CONFIGURED
from repool.report import format as numbers

COUNTS = {"graphs": numbers.count, "classes": numbers.count, "features": numbers.count}
FEATURES = {"labels": "one-hot labels", "continuous": "real-valued inputs", "constant": "constant inputs"}
AVERAGES = {"avg_nodes": numbers.average, "avg_edges": numbers.average}


@dataclass(frozen=True)
class Value:
    """A quantity and, in words, how the measured compares with the published one; empty where not known."""

    shown: str
    compared: str


@dataclass(frozen=True)
class Dataset:
    """One dataset."""

    name: str
    values: list[Value]
    features: str
    status: str
    source: str
    note: str
    licence: str


def datasets(rows: pd.DataFrame) -> tuple[list[Dataset], list[Dataset]]:
    """The datasets of this configuration, and those that only the paper has."""
    views: tuple[list[Dataset], list[Dataset]] = ([], [])
    for row in rows.to_dict("records"):
        views[row["status"] == NOT_CONFIGURED].append(view(row))
    return views


def view(row: dict[str, Any]) -> Dataset:
    """One row."""
    sources = zip(row["source"].split("; "), row["source_sha256"].split("; "), strict=False)
    return Dataset(
        name=row["dataset"],
        values=[
            value(row[name], row[f"published_{name}"], form, of_data=name != "features")
            for name, form in (COUNTS | AVERAGES).items()
        ],
        features=FEATURES.get(row["feature_kind"], row["feature_kind"]),
        status="not configured" if row["status"] == NOT_CONFIGURED else row["status"],
        source=", ".join(f"{file} ({sha256})" for file, sha256 in sources if file),
        note=row["note"],
        licence=row["licence"],
    )


def value(measured: float, published: float, form: Any, *, of_data: bool) -> Value:
    """Compare as printed; the number of inputs may be a choice (constant inputs), so it is not judged."""
    here = form(measured) if numbers.known(measured) else ""
    there = form(published) if numbers.known(published) else ""
    if not here:
        return Value(there, "published") if there else Value("", "")
    if not there:
        return Value(here, "")
    if here == there:
        return Value(here, "as published")
    decimals = 0 if form is numbers.count else 2
    return Value(here, f"paper: {there}" + (f" ({numbers.signed(measured - published, decimals)})" if of_data else ""))
