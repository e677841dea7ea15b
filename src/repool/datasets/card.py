"""The card of a prepared dataset: what it is, where it came from, and its counts, measured and expected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt

from repool.datasets.arrays import content_sha256
from repool.datasets.graphs import Graphs
from repool.datasets.sources import STATUSES, Dataset
from repool.errors import UserError

ROUNDING = 0.00501  # averages are printed with two decimals


@dataclass(frozen=True)
class Source:
    """A raw file that was verified: where it lies, its sha256, what its bytes are worth, and where they came from."""

    path: Path
    file: str
    sha256: str
    status: str
    origin: str
    remark: str = ""


def make_card(
    dataset: Dataset, sources: Sequence[Source], graphs: Graphs, arrays: Mapping[str, npt.NDArray]
) -> dict[str, Any]:
    """Count, compare with what is expected, and describe.

    Raises UserError when the counts of a dataset in its exact form are not the expected ones; in any other form the
    difference is said in the card's note.
    """
    status = max([dataset.status, *(source.status for source in sources)], key=STATUSES.index)
    counts = measure(dataset, graphs)
    differences = compare(dataset, counts)
    if differences and status == "exact":
        found = ", ".join(f"{source.file} from {source.origin}" for source in sources)
        raise UserError(f"{dataset.name} is not what was expected: {'; '.join(differences)}. Its files: {found}.")
    remarks = [dataset.note, *graphs.remarks, *(source.remark for source in sources), *(f"{d}." for d in differences)]
    return {
        **{key: counts[key] for key in ("graphs", "nodes", "edges", "avg_nodes", "avg_edges", "classes", "features")},
        "dataset": dataset.name,
        "task": dataset.task,
        "metric": dataset.metric,
        "split": dataset.split,
        "directed": graphs.directed,
        "dropped": graphs.dropped,
        "status": status,
        "note": " ".join(remark.strip() for remark in remarks if remark),
        "licence": dataset.licence,
        "source": [{"file": s.file, "sha256": s.sha256, "origin": s.origin} for s in sources],
        "content_sha256": content_sha256(arrays),
        "expected": dataset.expected,
        "options": dataset.options,
    }


def measure(dataset: Dataset, graphs: Graphs) -> dict[str, Any]:
    """Counts of the graphs; an edge counts once, whatever its directions, unless the dataset is directed."""
    nodes, arcs, number = len(graphs.in_ptr) - 1, len(graphs.in_idx), len(graphs.y)
    edges = arcs if graphs.directed else arcs // 2
    features: dict[str, Any] = {"kind": dataset.features["kind"]}
    if graphs.labels is not None:
        features |= {"count": len(graphs.label_names), "names": list(graphs.label_names)}
    elif graphs.x is not None:
        features["count"] = graphs.x.shape[1]
    else:
        features["count"] = dataset.features["count"]
    return {
        "graphs": number,
        "nodes": nodes,
        "edges": edges,
        "avg_nodes": round(nodes / number, 4),
        "avg_edges": round(edges / number, 4),
        "classes": int(graphs.y.max()) + 1 if dataset.task == "classification" else None,
        "features": features,
    }


def compare(dataset: Dataset, counts: Mapping[str, Any]) -> list[str]:
    """A sentence part for every count that is not the expected one; averages to the rounding of two decimals."""
    found = {**counts, "node_labels": counts["features"]["count"], "node_features": counts["features"]["count"]}
    differences = []
    for key, expected in dataset.expected.items():
        margin = ROUNDING if isinstance(expected, float) else 0
        if abs(found[key] - expected) > margin:
            differences.append(f"{key}: expected {expected:,}, found {found[key]:,}")
    return differences
