"""Reader of the TU text format (Morris et al., 2020): one line a node, an edge or a graph, numbered from 1.

DS_A.txt lists edges (row, column), DS_graph_indicator.txt the graph of each node, DS_graph_labels.txt the class of
each graph or DS_graph_attributes.txt its targets, DS_node_labels.txt and DS_node_attributes.txt what nodes carry.
Labels and attributes of edges are not used.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from repool.datasets.archive import read_members
from repool.datasets.formats import ATTRIBUTES, CLASSES, EDGES, ENDINGS, INDICATOR, LABELS, TARGETS, is_read
from repool.datasets.graphs import Graphs, Index, IntArray, pointer, symmetric_adjacency
from repool.datasets.text import column_count, decimals, integers
from repool.errors import UserError
from repool.schemas.sources import Dataset


def read(dataset: Dataset, files: Sequence[Path], processes: int = 1) -> Graphs:  # noqa: ARG001 (one signature for all)
    """Read one zip archive, or the text files themselves; raises UserError with the file and line that is wrong.

    Option of the dataset, for regression: `target`, the column of the graph attributes, from 0.
    """
    target = dataset.options.target if dataset.task == "regression" else None
    return parse(_members(dataset, files), dataset.features.kind, target)


def parse(members: Mapping[str, bytes], kind: str = "auto", target: int | None = None) -> Graphs:
    """Graphs from the contents of the text files, by file name.

    Edges become symmetric, self loops and repeated edges are dropped and counted, and so are graphs without a node.
    Node labels become 0..count-1 in sorted order, classes 0..classes-1 likewise; with `target` y is that column of the
    graph attributes instead.
    """
    indicator = _only(members, INDICATOR)
    graph = integers(indicator, members[indicator])[:, 0]
    y, listed_in = _outcome(members, target)
    sizes = _graph_sizes(graph, len(y), indicator, listed_in)
    name = _only(members, EDGES)
    edges = integers(name, members[name], columns=2)
    _check_edges(edges, graph, name)
    adjacency = symmetric_adjacency(edges[:, 0] - 1, edges[:, 1] - 1, len(graph))
    labels, label_names, x = _features(members, kind, len(graph))
    kept = sizes > 0
    empty = len(sizes) - int(kept.sum())
    remarks = {
        f"{adjacency.mirrored:,} edges stood in one direction only and were made symmetric.": adjacency.mirrored,
        f"{empty:,} graphs of {listed_in} have no node and were left out.": empty,
    }
    return Graphs(
        node_ptr=pointer(sizes[kept]),
        in_ptr=adjacency.ptr,
        in_idx=adjacency.idx,
        labels=labels,
        label_names=label_names,
        x=x,
        y=y[kept] if target is not None else _codes(y[kept])[0].astype(np.int64),
        dropped={"self_loops": adjacency.self_loops, "duplicate_edges": adjacency.duplicates, "empty_graphs": empty},
        remarks=tuple(remark for remark, number in remarks.items() if number),
    )


def _members(dataset: Dataset, files: Sequence[Path]) -> dict[str, bytes]:
    if len(files) == 1 and not files[0].name.endswith(ENDINGS["tu"]):
        largest = max(file.expanded for form in dataset.forms for file in form)
        return read_members(files[0], lambda name: is_read("tu", name), largest)
    return {file.name: file.read_bytes() for file in files if is_read("tu", file.name)}


def _only(members: Mapping[str, bytes], suffix: str) -> str:
    names = [name for name in members if name.endswith(suffix)]
    if len(names) != 1:
        found = ", ".join(sorted(members)) or "nothing of the format"
        raise UserError(f"A dataset in TU format needs one file named *{suffix}; found {found}.")
    return names[0]


def _outcome(members: Mapping[str, bytes], target: int | None) -> tuple[npt.NDArray[Any], str]:
    """Class or target of each graph, and the file that lists them."""
    if target is None:
        name = _only(members, CLASSES)
        return integers(name, members[name])[:, 0], name
    name = _only(members, TARGETS)
    columns = column_count(members[name])
    if not 0 <= target < columns:
        raise UserError(f"{name} has {columns} columns, from 0: there is no target {target} (options.target).")
    return decimals(name, members[name], columns)[:, target], name


def _features(
    members: Mapping[str, bytes], kind: str, nodes: int
) -> tuple[Index | None, tuple[str, ...], npt.NDArray[np.float32] | None]:
    """Labels with their names, or real-valued features, or neither, as `kind` asks for."""
    has = {suffix: any(name.endswith(suffix) for name in members) for suffix in (LABELS, ATTRIBUTES)}
    if kind == "auto":
        kind = "labels" if has[LABELS] else "attributes" if has[ATTRIBUTES] else "constant"
    if kind == "constant":
        return None, (), None
    blocks = []
    if kind in ("attributes", "labels-and-attributes"):
        name = _only(members, ATTRIBUTES)
        blocks.append(_of_nodes(decimals(name, members[name], column_count(members[name])), nodes, name))
    if kind in ("labels", "labels-and-attributes"):
        name = _only(members, LABELS)
        raw = _of_nodes(integers(name, members[name], column_count(members[name])), nodes, name)
        if kind == "labels" and raw.shape[1] == 1:
            codes, values = _codes(raw[:, 0])
            return codes.astype(np.int32), tuple(str(value) for value in values), None
        blocks += [_one_hot(column) for column in raw.T]
    return None, (), np.concatenate(blocks, axis=1)


def _of_nodes(values: npt.NDArray[Any], nodes: int, name: str) -> npt.NDArray[Any]:
    if len(values) != nodes:
        raise UserError(f"{name} has {len(values):,} lines, expected {nodes:,} (a line a node, by *{INDICATOR}).")
    return values


def _codes(values: npt.NDArray[Any]) -> tuple[IntArray, npt.NDArray[Any]]:
    """0..count-1 in place of the values, in sorted order, and the values."""
    distinct, codes = np.unique(values, return_inverse=True)
    return codes, distinct


def _one_hot(values: IntArray) -> npt.NDArray[np.float32]:
    codes, distinct = _codes(values)
    rows = np.zeros((len(values), len(distinct)), np.float32)
    rows[np.arange(len(values)), codes] = 1
    return rows


def _graph_sizes(graph: IntArray, graphs: int, indicator: str, listed_in: str) -> IntArray:
    if not len(graph):
        raise UserError(f"{indicator} is empty.")
    bad = np.flatnonzero((graph < 1) | (graph > graphs))
    if len(bad):
        raise UserError(f"{indicator}, line {bad[0] + 1}: graph {graph[bad[0]]}, but {listed_in} has {graphs} lines.")
    back = np.flatnonzero(np.diff(graph) < 0)
    if len(back):
        raise UserError(f"{indicator}, line {back[0] + 2}: graph {graph[back[0] + 1]} after graph {graph[back[0]]}.")
    return np.bincount(graph, minlength=graphs + 1)[1:]


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


def _pair(values: npt.NDArray[Any]) -> str:
    return f"{values[0]} and {values[1]}"
