"""Table S1: what was measured on the prepared data, beside what the paper prints."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from repool.analysis.comparison import merged
from repool.analysis.files import read_json, write_table
from repool.analysis.grid import Grid
from repool.analysis.names import NOT_CONFIGURED, PENDING
from repool.analysis.published import Published

COUNTS = ("graphs", "classes", "features", "avg_nodes", "avg_edges")
COLUMNS = (
    "dataset",
    *(name for count in COUNTS for name in (count, f"published_{count}")),
    "feature_kind",
    "directed",
    "status",
    "note",
    "licence",
    "source",
    "source_sha256",
)
TEXT = ("dataset", "feature_kind", "directed", "status", "note", "licence", "source", "source_sha256")
SHORT = 12


def tabulate(cards: Sequence[Path], published: Path, out: Path, grid: Grid) -> None:
    """Write one row for each dataset: configured ones first, then what else the paper's table has (not measured)."""
    measured = {card["dataset"]: card for card in map(read_json, cards)}
    printed = Published(published).statistics()
    rows = [
        describe(dataset, measured.get(dataset), printed.get(dataset, {}), dataset in grid.datasets)
        for dataset in merged(grid.datasets or list(measured), [*measured, *printed])
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for name in COUNTS[:3]:
        table[[name, f"published_{name}"]] = table[[name, f"published_{name}"]].astype("Int64")
    write_table(out, table, digits=10)


def describe(dataset: str, card: dict[str, Any] | None, printed: dict[str, Any], configured: bool) -> dict[str, Any]:
    """One row. The paper's columns of node features and node labels are one here: how many inputs a node has."""
    published = {f"published_{name}": printed.get(name) for name in COUNTS}
    published["published_features"] = printed.get("node_labels", printed.get("node_features"))
    if card is None:
        return {"dataset": dataset, **published, "status": PENDING if configured else NOT_CONFIGURED}
    return {
        "dataset": dataset,
        **{name: card[name] for name in COUNTS if name != "features"},
        **published,
        "features": card["features"]["count"],
        "feature_kind": card["features"]["kind"],
        "directed": "directed" if card["directed"] else "undirected",
        "status": card["status"],
        "note": card["note"],
        "licence": card["licence"],
        "source": "; ".join(source["file"] for source in card["source"]),
        "source_sha256": "; ".join(source["sha256"][:SHORT] for source in card["source"]),
    }
