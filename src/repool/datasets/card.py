"""The card of a prepared dataset: what it is, where it came from, and its counts, measured and expected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from repool.datasets.arrays import content_sha256
from repool.datasets.graphs import Graphs
from repool.datasets.parts import PARTS, check_parts
from repool.errors import UserError
from repool.schemas.card import sealed
from repool.schemas.sources import STATUSES, Dataset, Status

ROUNDING = 0.00501  # averages are printed with two decimals
PUBLISHED = ("exact", "unverified")  # what should be the published data, known to be or not
CONSTANTS = 10  # inputs of a node that carries nothing


@dataclass(frozen=True)
class Source:
    """A raw file that was verified: where it lies, its sha256, what its bytes are worth, and where they came from.

    `verified`: the files inside it that are the published ones, where that is known.
    """

    path: Path
    file: str
    sha256: str
    status: Status
    origin: str
    remark: str = ""
    verified: tuple[str, ...] = ()


def make_card(
    dataset: Dataset, sources: Sequence[Source], graphs: Graphs, arrays: Mapping[str, npt.NDArray]
) -> dict[str, Any]:
    """Count, compare with what is expected, and describe.

    Raises UserError when the counts of a dataset that should be in its published form are not the expected ones (in any
    other form the card's note says the difference), when a declared part is not the published one, a fixed split is not
    there, or the metric cannot be taken on a part.
    """
    if dataset.split == "fixed" and graphs.split is None:
        raise UserError(f"{dataset.name} is declared with a fixed split, but its files hold none: declare another.")
    status = max([dataset.status, *(source.status for source in sources)], key=STATUSES.index)
    check_parts(dataset.name, dataset.metric, dataset.split, graphs.y, graphs.split)
    parts = compare_parts(dataset, graphs)
    counts = measure(dataset, graphs)
    differences = compare(dataset, counts)
    if differences and status in PUBLISHED:
        found = ", ".join(f"{source.file} from {source.origin}" for source in sources)
        raise UserError(f"{dataset.name} is not what was expected: {'; '.join(differences)}. Its files: {found}.")
    remarks = [dataset.note, *(source.remark for source in sources), parts, *graphs.remarks]
    remarks += [f"{difference}." for difference in differences]
    card = {
        **counts,
        "dataset": dataset.name,
        "task": dataset.task,
        "metric": dataset.metric,
        "split": dataset.split,
        "directed": graphs.directed,
        "dropped": graphs.dropped,
        "status": status,
        "note": " ".join(remark.strip() for remark in remarks if remark),
        "licence": dataset.licence,
        "source": [
            {"file": s.file, "sha256": s.sha256, "origin": s.origin, "verified": list(s.verified)} for s in sources
        ],
        "verified_parts": list(dataset.parts),
        "content_sha256": content_sha256(arrays),
        "expected": dataset.expected.model_dump(exclude_unset=True),
        "options": dataset.options.model_dump(exclude_unset=True),
    }
    return sealed(card)


def measure(dataset: Dataset, graphs: Graphs) -> dict[str, Any]:
    """Counts of the graphs; an edge counts once, unless the graphs are directed or their source counts both ways."""
    nodes, arcs, number = len(graphs.in_ptr) - 1, len(graphs.in_idx), len(graphs.y)
    edges = arcs if graphs.directed or dataset.edges_counted == "in both directions" else arcs // 2
    return {
        "graphs": number,
        "nodes": nodes,
        "arcs": arcs,
        "edges": edges,
        "avg_nodes": round(nodes / number, 4),
        "avg_edges": round(edges / number, 4),
        "classes": int(graphs.y.max()) + 1 if dataset.task == "classification" else None,
        "features": describe_features(graphs, dataset.features.count or CONSTANTS),
    }


def describe_features(graphs: Graphs, constants: int) -> dict[str, Any]:
    """What a node carries: its kind and how many inputs that are; without features, so many constants."""
    if graphs.labels is not None:
        return {"kind": "labels", "count": len(graphs.label_names), "names": list(graphs.label_names)}
    if graphs.x is not None:
        return {"kind": "continuous", "count": graphs.x.shape[1]}
    if graphs.atoms is not None:
        return {"kind": "atoms", "count": graphs.atoms.shape[1]}
    return {"kind": "constant", "count": constants}


def compare_parts(dataset: Dataset, graphs: Graphs) -> str:
    """Compare the declared parts of the split; a sentence for the card. Raises UserError where one differs."""
    for part, sha256 in dataset.parts.items():
        found = part_sha256(graphs, part)
        if found != sha256:
            raise UserError(
                f"The {part} part of {dataset.name} is not the published one "
                f"(sha256 of its content: expected {sha256[:12]}..., found {found[:12]}...). Get its files anew."
            )
    if not dataset.parts:
        return ""
    counted = [part for part in PARTS if part not in dataset.parts]
    rest = f" Of the {' and '.join(counted)} part only the counts are known." if counted else ""
    return f"Verified as published by their content: the {' and '.join(dataset.parts)} parts.{rest}"


def part_sha256(graphs: Graphs, part: str) -> str:
    """sha256 of the graphs, node labels and targets of a part of a fixed split, in whatever form they were read."""
    assert graphs.split is not None
    chosen = graphs.split == PARTS.index(part)
    sizes = np.diff(graphs.node_ptr)
    nodes = np.repeat(chosen, sizes)
    degrees = np.diff(graphs.in_ptr)
    within = graphs.in_idx - np.repeat(np.repeat(graphs.node_ptr[:-1], sizes), degrees)
    content = {"sizes": sizes[chosen], "degrees": degrees[nodes], "y": graphs.y[chosen]}
    content["neighbours"] = within[np.repeat(nodes, degrees)]
    if graphs.labels is not None:
        content["labels"] = graphs.labels[nodes]
    return content_sha256(content)


def compare(dataset: Dataset, counts: Mapping[str, Any]) -> list[str]:
    """A sentence part for every count that is not the expected one; averages to the rounding of two decimals."""
    found = {**counts, "node_labels": counts["features"]["count"], "node_features": counts["features"]["count"]}
    differences = []
    for key, expected in dataset.expected.model_dump(exclude_none=True).items():
        margin = ROUNDING if key.startswith("avg_") else 0
        if abs(found[key] - expected) > margin:
            differences.append(f"{key}: expected {expected:,}, found {found[key]:,}")
    return differences
