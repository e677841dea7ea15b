"""Figures 5, 6 and S2 to S13: the embeddings of three test graphs before the first pooling and after each."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from repool.analysis.statistics import Floats
from repool.analysis.tables import write_table
from repool.artifacts.request import Request
from repool.errors import UserError
from repool.schemas.card import read_card
from repool.words.names import FAILED, PENDING

COLUMNS = ("dataset", "method", "seed", "graph", "layer", "row", "values", "status")
TEXT = ("dataset", "method", "values", "status")
# The figures that end after the first pooling, as in the paper; the others show every main layer.
FIRST_POOLING = ("figure_5", "figure_6")
# Enough for 256 shades.
DIGITS = 4


def tabulate(request: Request) -> None:
    """Write one row for each row of a matrix, its values apart by spaces: a value a row would be ten times as large.

    A graph is its index in the dataset. Layer 0 is the output of the convolutions before the first pooling; figures 5
    and 6 end after that pooling. A cell of the grid without activations has a single, empty row: pending, or failed
    where its seed left a file that holds none.
    """
    statuses = {card["dataset"]: card["status"] for card in map(read_card, request.cards)}
    found = {(path.parent.parent.name, path.parent.name): path for path in request.activations}
    methods = request.grid.methods or list(dict.fromkeys(method for _, method in found))
    datasets = request.grid.datasets or list(dict.fromkeys(dataset for dataset, _ in found))
    rows: list[dict[str, Any]] = []
    for dataset in datasets:
        for method in methods:
            head = {"dataset": dataset, "method": method}
            if (dataset, method) not in found:
                rows.append(head | {"values": "", "status": PENDING})
                continue
            shown = list(read(found[dataset, method], request.artifact not in FIRST_POOLING))
            head["status"] = statuses.get(dataset, PENDING)
            rows += [head | row for row in shown] or [head | {"values": "", "status": FAILED}]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table[["seed", "graph", "layer", "row"]] = table[["seed", "graph", "layer", "row"]].astype("Int64")
    write_table(request.out, table)


def read(path: Path, every_layer: bool) -> Iterator[dict[str, Any]]:
    """The rows of one `seed-00.activations.npz`, which stands in the folder of its dataset and method."""
    seed = int(path.name.removeprefix("seed-").partition(".")[0])
    try:
        with np.load(path) as arrays:
            for position, graph in enumerate(arrays["graphs"]):
                layer = 0
                while f"activations_{position}_{layer}" in arrays and (every_layer or layer < 2):
                    for row, values in enumerate(arrays[f"activations_{position}_{layer}"]):
                        text = " ".join(f"{value:.{DIGITS}g}" for value in values)
                        yield {"seed": seed, "graph": int(graph), "layer": layer, "row": row, "values": text}
                    layer += 1
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.") from None
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"{path} does not hold activations ({error}). Delete it and train that seed again.") from None


@dataclass(frozen=True)
class Matrix:
    """The embedding of one graph at one layer, float64 [rows, width]."""

    graph: int
    layer: int
    values: Floats

    @property
    def within_columns(self) -> float:
        """Of the variance of its entries, what lies within columns: 0 where it is vertical bars; NaN without any."""
        total = float(self.values.var())
        return float(self.values.var(axis=0).mean()) / total if total > 0 else float("nan")


def matrices(rows: pd.DataFrame) -> list[Matrix]:
    """The matrices of one cell of the table, graph by graph and layer by layer."""
    known = rows[rows["layer"].notna()]
    return [
        Matrix(int(graph), int(layer), np.array([text.split() for text in part["values"]], dtype=float))
        for (graph, layer), part in known.groupby(["graph", "layer"], sort=False)
    ]
