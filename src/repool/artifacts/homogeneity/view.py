"""How alike the rows of a graph's embedding are, layer by layer."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.artifacts.section import About, View
from repool.artifacts.states import Seeds
from repool.words import numerals as numbers
from repool.words.names import layer_label, method_label

SMALLEST = 0.001
TRIVIAL = "one row a graph: alike by itself"


@dataclass(frozen=True)
class Layer:
    """One layer of a method; `state` says why there are no shares."""

    layer: str
    rows: str
    matrix_share: str
    share: str
    runs: str
    state: str


@dataclass(frozen=True)
class Method:
    """The layers of one method."""

    name: str
    layers: list[Layer]


@dataclass(frozen=True)
class Group:
    """The methods on one dataset."""

    dataset: str
    status: str
    methods: list[Method]


def view(about: About) -> View:
    """Groups of layers."""
    return View({"groups": homogeneity(about.rows, about.seeds)})


def homogeneity(rows: pd.DataFrame, seeds: Seeds) -> list[Group]:
    """The view of the table, dataset by dataset."""
    return [
        Group(str(dataset), data_of(part), methods(part, seeds))
        for dataset, part in rows.groupby("dataset", sort=False)
    ]


def methods(part: pd.DataFrame, seeds: Seeds) -> list[Method]:
    """The methods on one dataset, each with its layers in order."""
    return [
        Method(method_label(str(method)), [layer(row, seeds) for row in rows.to_dict("records")])
        for method, rows in part.groupby("method", sort=False)
    ]


def data_of(part: pd.DataFrame) -> str:
    """What the data of a dataset are, where they are not the paper's."""
    return ", ".join(sorted(set(part["status"]) - {"exact", "pending", "failed"}))


def layer(row: dict[str, Any], seeds: Seeds) -> Layer:
    """One row."""
    if not numbers.known(row["layer"]):
        return Layer("", "", "", "", "", seeds.state(row["dataset"], row["method"], 0))
    trivial = row["rows"] <= 1
    return Layer(
        layer=layer_label(int(row["layer"])),
        rows=numbers.fixed(row["rows"], 1),
        matrix_share="" if trivial else mean(row, "matrix_share"),
        share="" if trivial else mean(row, "share"),
        runs=seeds.behind(row["dataset"], row["method"], int(row["runs"])),
        state=TRIVIAL if trivial else "",
    )


def mean(row: dict[str, Any], name: str) -> str:
    """A mean with its deviation, as far as they are known."""
    if not numbers.known(row[name]):
        return "no variance"
    if row[name] < SMALLEST:
        return f"< {SMALLEST}"
    deviation = row[f"{name}_std"]
    return numbers.fixed(row[name], 3) + (f" ± {numbers.fixed(deviation, 3)}" if numbers.known(deviation) else "")
