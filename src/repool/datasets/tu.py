"""Reader of the TU text format (Morris et al., 2020): one line a node, an edge or a graph, numbered from 1.

DS_A.txt lists edges (row, column), DS_graph_indicator.txt the graph of each node, DS_graph_labels.txt the class of
each graph, DS_node_labels.txt the label of each node. Attributes and edge labels are not used by the paper.
"""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from repool.datasets.archive import read_members
from repool.datasets.graphs import Graphs, IntArray, pointer, symmetric_adjacency
from repool.datasets.sources import Dataset
from repool.errors import UserError

NEEDED = ("_A.txt", "_graph_indicator.txt", "_graph_labels.txt")
NODE_LABELS = "_node_labels.txt"


def read(dataset: Dataset, files: Sequence[Path], processes: int = 1) -> Graphs:  # noqa: ARG001 (one signature for all)
    """Read one zip archive, or the text files themselves; raises UserError with the file and line that is wrong."""
    return parse(_members(files), with_labels=dataset.features["kind"] == "labels")


def parse(members: Mapping[str, bytes], with_labels: bool) -> Graphs:
    """Graphs from the contents of the text files, by file name.

    Edges become symmetric, self loops and repeated edges are dropped and counted, node labels become 0..count-1 in
    sorted order, classes 0..classes-1 likewise.
    """
    needed = (*NEEDED, NODE_LABELS) if with_labels else NEEDED
    name = {suffix: _only(members, suffix) for suffix in needed}
    graph = _integers(name["_graph_indicator.txt"], members)[:, 0]
    class_labels = _integers(name["_graph_labels.txt"], members)[:, 0]
    sizes = _graph_sizes(graph, len(class_labels), name)
    edges = _integers(name["_A.txt"], members, columns=2)
    _check_edges(edges, graph, name["_A.txt"])
    adjacency = symmetric_adjacency(edges[:, 0] - 1, edges[:, 1] - 1, len(graph))
    label_values: npt.NDArray[Any] = np.zeros(0)
    labels = None
    if with_labels:
        raw = _integers(name[NODE_LABELS], members)[:, 0]
        _check_length(raw, len(graph), name[NODE_LABELS], f"one a node of {name['_graph_indicator.txt']}")
        label_values, codes = np.unique(raw, return_inverse=True)
        labels = codes.astype(np.int32)
    remarks = (f"{adjacency.mirrored:,} edges stood in one direction only and were made symmetric.",)
    return Graphs(
        node_ptr=pointer(sizes),
        in_ptr=adjacency.ptr,
        in_idx=adjacency.idx,
        labels=labels,
        label_names=tuple(str(value) for value in label_values),
        y=np.unique(class_labels, return_inverse=True)[1].astype(np.int64),
        dropped={"self_loops": adjacency.self_loops, "duplicate_edges": adjacency.duplicates},
        remarks=remarks if adjacency.mirrored else (),
    )


def _members(files: Sequence[Path]) -> dict[str, bytes]:
    suffixes = (*NEEDED, NODE_LABELS)
    if [file.suffix for file in files] == [".zip"]:
        return read_members(files[0], lambda name: name.endswith(suffixes))
    return {file.name: file.read_bytes() for file in files if file.name.endswith(suffixes)}


def _only(members: Mapping[str, bytes], suffix: str) -> str:
    names = [name for name in members if name.endswith(suffix)]
    if len(names) != 1:
        found = ", ".join(sorted(members)) or "nothing of the format"
        raise UserError(f"A dataset in TU format needs one file named *{suffix}; found {found}.")
    return names[0]


def _integers(name: str, members: Mapping[str, bytes], columns: int = 1) -> IntArray:
    """Lines of whole numbers separated by commas, int64 [lines, columns]."""
    content = members[name].rstrip()
    if not content:
        return np.zeros((0, columns), np.int64)
    try:
        values: IntArray = np.loadtxt(io.BytesIO(content), dtype=np.int64, delimiter=",", comments=None, ndmin=2)
    except (ValueError, OverflowError) as error:
        raise _bad_line(name, content, columns) or UserError(f"{name}: {error}.") from error
    if values.shape != (content.count(b"\n") + 1, columns):
        raise _bad_line(name, content, columns) or UserError(f"{name} is not a table of {columns} columns.")
    return values


def _bad_line(name: str, content: bytes, columns: int) -> UserError | None:
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
        fields = line.split(",")
        try:
            sound = len(fields) == columns and all(abs(int(field)) < 2**63 for field in fields)
        except ValueError:
            sound = False
        if not sound:
            kind = "a whole number" if columns == 1 else f"{columns} whole numbers separated by a comma"
            return UserError(f"{name}, line {number}: expected {kind}, found {line.strip()[:60]!r}.")
    return None


def _graph_sizes(graph: IntArray, graphs: int, name: Mapping[str, str]) -> IntArray:
    indicator, labels = name["_graph_indicator.txt"], name["_graph_labels.txt"]
    if not len(graph):
        raise UserError(f"{indicator} is empty.")
    bad = np.flatnonzero((graph < 1) | (graph > graphs))
    if len(bad):
        raise UserError(f"{indicator}, line {bad[0] + 1}: graph {graph[bad[0]]}, but {labels} has {graphs} lines.")
    back = np.flatnonzero(np.diff(graph) < 0)
    if len(back):
        raise UserError(f"{indicator}, line {back[0] + 2}: graph {graph[back[0] + 1]} after graph {graph[back[0]]}.")
    sizes = np.bincount(graph, minlength=graphs + 1)[1:]
    if not sizes.all():
        raise UserError(f"{labels} has {graphs} lines, but no line of {indicator} is graph {int(sizes.argmin()) + 1}.")
    return sizes


def _check_edges(edges: IntArray, graph: IntArray, name: str) -> None:
    outside = np.flatnonzero(((edges < 1) | (edges > len(graph))).any(axis=1))
    if len(outside):
        line = outside[0]
        raise UserError(f"{name}, line {line + 1}: edge {_pair(edges[line])}, but nodes are 1 to {len(graph):,}.")
    ends = graph[edges - 1]
    across = np.flatnonzero(ends[:, 0] != ends[:, 1])
    if len(across):
        line = across[0]
        raise UserError(f"{name}, line {line + 1}: edge {_pair(edges[line])} joins graphs {_pair(ends[line])}.")


def _check_length(values: npt.NDArray[Any], expected: int, name: str, reason: str) -> None:
    if len(values) != expected:
        raise UserError(f"{name} has {len(values):,} lines, expected {expected:,} ({reason}).")


def _pair(values: npt.NDArray[Any]) -> str:
    return f"{values[0]} and {values[1]}"
