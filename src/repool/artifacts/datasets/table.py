"""Table S1: what was measured on the prepared data, beside what the paper prints."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from repool.analysis.grid import merged
from repool.analysis.published import Published
from repool.analysis.tables import write_table
from repool.artifacts.request import Request
from repool.schemas.card import read_card
from repool.words.names import NOT_CONFIGURED, PENDING

COUNTS = ("graphs", "classes", "features", "avg_nodes", "avg_edges")
COLUMNS = (
    "dataset",
    *(name for count in COUNTS for name in (count, f"published_{count}")),
    "differences",
    "feature_kind",
    "directed",
    "status",
    "note",
    "licence",
    "source",
    "source_sha256",
)
TEXT = (
    *("dataset", "published_avg_nodes", "published_avg_edges", "differences"),
    *("feature_kind", "directed", "status", "note", "licence", "source", "source_sha256"),
)
SHORT = 12


def tabulate(request: Request) -> None:
    """Write one row for each dataset: configured ones first, then what else the paper's table has (not measured).

    What the paper prints stands beside it as printed; `differences` names what differs at its decimals. The counts of
    the rows are printed too, for whoever runs this by hand.
    """
    measured = {card["dataset"]: card for card in map(read_card, request.cards)}
    printed = Published(request.published).statistics()
    rows = [
        describe(dataset, measured.get(dataset), printed.get(dataset, {}), dataset in request.grid.datasets)
        for dataset in merged(request.grid.datasets or list(measured), [*measured, *printed])
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for name in COUNTS[:3]:
        table[[name, f"published_{name}"]] = table[[name, f"published_{name}"]].astype("Int64")
    write_table(request.out, table, digits=10)
    print(beside(rows))


def beside(rows: Sequence[dict[str, Any]]) -> str:
    """The counts as text, measured / published, differing ones marked with an asterisk."""
    lines = [["dataset", *COUNTS, "data"]]
    for row in rows:
        differing = {part.split()[0] for part in row.get("differences", "").split("; ") if part}
        cells = [
            f"{shown(row.get(name))} / {shown(row[f'published_{name}'])}{' *' if name in differing else ''}"
            for name in COUNTS
        ]
        lines.append([row["dataset"], *cells, row["status"]])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([*table, "measured / published; * differs from what the paper prints"])


def shown(value: float | str | None) -> str:
    """A count or an average of the text table."""
    return "-" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def differences(measured: dict[str, Any], published: dict[str, str | None]) -> str:
    """Names and signed amounts of what differs, to the decimals that the paper prints.

    Constant inputs are a choice, and IMDB's have no number in the paper: what it does not print cannot differ.
    """
    found = []
    for name in COUNTS:
        printed = published[f"published_{name}"]
        if printed is not None and measured[name] is not None:
            decimals = len(printed.partition(".")[2])
            if f"{measured[name]:.{decimals}f}" != printed:
                found.append(f"{name} {measured[name] - float(printed):+.{decimals}f}")
    return "; ".join(found)


def describe(dataset: str, card: dict[str, Any] | None, printed: dict[str, str], configured: bool) -> dict[str, Any]:
    """One row. The paper's columns of node features and node labels are one here: how many inputs a node has."""
    published: dict[str, str | None] = {f"published_{name}": printed.get(name) for name in COUNTS}
    published["published_features"] = printed.get("node_labels", printed.get("node_features"))
    if card is None:
        return {"dataset": dataset, **published, "status": PENDING if configured else NOT_CONFIGURED}
    measured = {**{name: card[name] for name in COUNTS if name != "features"}, "features": card["features"]["count"]}
    return {
        "dataset": dataset,
        **measured,
        **published,
        "differences": differences(measured, published),
        "feature_kind": card["features"]["kind"],
        "directed": "directed" if card["directed"] else "undirected",
        "status": card["status"],
        "note": card["note"],
        "licence": card["licence"],
        "source": "; ".join(source["file"] for source in card["source"]),
        "source_sha256": "; ".join(source["sha256"][:SHORT] for source in card["source"]),
    }
