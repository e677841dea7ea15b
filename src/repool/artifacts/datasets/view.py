"""Table S1: the prepared data beside the paper's description."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.artifacts.section import About, View
from repool.words import numerals as numbers
from repool.words.names import NOT_CONFIGURED

COUNTS = {"graphs": numbers.count, "classes": numbers.count, "features": numbers.count}
FEATURES = {
    "labels": "one-hot labels",
    "continuous": "real-valued inputs",
    "atoms": "categorical inputs",
    "constant": "constant inputs",
}
AVERAGES = {"avg_nodes": numbers.average, "avg_edges": numbers.average}


@dataclass(frozen=True)
class Value:
    """A quantity and, in words, how the measured compares with the published one; empty where not known."""

    shown: str
    compared: str
    differs: bool = False


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


def view(about: About) -> View:
    """Datasets here and elsewhere."""
    here, elsewhere = datasets(about.rows)
    return View({"here": here, "elsewhere": elsewhere})


def datasets(rows: pd.DataFrame) -> tuple[list[Dataset], list[Dataset]]:
    """The datasets of this configuration, and those that only the paper has."""
    views: tuple[list[Dataset], list[Dataset]] = ([], [])
    for row in rows.to_dict("records"):
        views[row["status"] == NOT_CONFIGURED].append(shown_row(row))
    return views


def shown_row(row: dict[str, Any]) -> Dataset:
    """One row."""
    sources = zip(row["source"].split("; "), row["source_sha256"].split("; "), strict=False)
    return Dataset(
        name=row["dataset"],
        values=values(row),
        features=FEATURES.get(row["feature_kind"], row["feature_kind"]),
        status="not configured" if row["status"] == NOT_CONFIGURED else row["status"],
        source=", ".join(f"{file} ({sha256})" for file, sha256 in sources if file),
        note=row["note"],
        licence=row["licence"],
    )


def values(row: dict[str, Any]) -> list[Value]:
    """The quantities of a row; what differs, and by how much, stands in its own column."""
    amounts = dict(part.split(" ", 1) for part in row["differences"].split("; ") if part)
    return [
        value(row[name], as_text(row[f"published_{name}"]), form, amounts.get(name, ""), judged=name != "features")
        for name, form in (COUNTS | AVERAGES).items()
    ]


def value(measured: float, published: str, form: Any, amount: str, *, judged: bool) -> Value:
    """Both in words; the number of inputs may be a choice (constant inputs), so it is shown, not judged."""
    here = form(measured) if numbers.known(measured) else ""
    if not here:
        return Value(published, "published") if published else Value("", "")
    if not published:
        return Value(here, "")
    if not amount:
        return Value(here, "as published" if here == published else f"as published: {published}")
    difference = f" ({amount.replace('-', numbers.MINUS)})" if judged else ""
    return Value(here, f"paper: {published}{difference}", differs=judged)


def as_text(published: float | str) -> str:
    """A printed number: averages are texts already, counts are numbers, missing ones NaN."""
    if isinstance(published, str):
        return published
    return numbers.count(published) if numbers.known(published) else ""
