"""Reader of OGB's csv archives of graph property prediction (Hu et al., 2020), molecules among them.

num-node-list and num-edge-list say how many rows of node-feat (one a node), edge and edge-feat (one an edge, in one
direction) belong to each graph; nodes of an edge count from 0 within their graph. A molecule's nodes are atoms and its
edges bonds, with categorical features. split/scaffold, or another name, lists graphs by part.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from repool.categories import ATOM_SIZES, BOND_SIZES
from repool.datasets.archive import gunzip, read_members
from repool.datasets.formats import ATOM, BOND, EDGE, EDGE_COUNTS, LABEL, NODE_COUNTS, is_read, ogb_members
from repool.datasets.formats import OGB_PARTS as PARTS
from repool.datasets.graphs import Graphs, IntArray, labelled_arcs, pointer, symmetric_adjacency
from repool.datasets.text import column_count, decimals, integers
from repool.errors import UserError
from repool.schemas.sources import MAX_EXPANDED, Dataset, Kind, Metric, Task


def read(dataset: Dataset, files: Sequence[Path], processes: int = 1) -> Graphs:  # noqa: ARG001 (one signature for all)
    """Read one zip archive; raises UserError with the member and line that is wrong."""
    kind, largest = dataset.features.kind, dataset.files[0].expanded
    unread = (ATOM, BOND) if kind == "constant" else ()
    members = read_members(files[0], lambda name: is_read("ogb", name) and name not in unread, largest)
    if missing := [name for name in ogb_members(kind) if name not in members]:
        raise UserError(f"{files[0].name} (for {dataset.name}) lacks {', '.join(missing)}. Get it from its source.")
    return parse(members, dataset.task, dataset.metric, kind, largest)


def parse(
    members: Mapping[str, bytes],
    task: Task = "classification",
    metric: Metric = "auroc",
    kind: Kind = "atoms",
    largest: int = MAX_EXPANDED,
) -> Graphs:
    """Graphs from the gzipped csv files, by file name; none may unpack to more bytes than `largest`.

    Features of `kind`: atoms, with bonds; attributes, numbers as they are; constant, none. Which of them auto is, the
    files say. Bonds are listed once; without them edges become symmetric, loops and repeated ones are dropped.
    """
    texts = {name: gunzip(name, content, largest) for name, content in members.items()}
    sizes = _column(texts, NODE_COUNTS, smallest=1)
    edges_of, y = _column(texts, EDGE_COUNTS), _outcome(texts, task, metric)
    _check_rows(EDGE_COUNTS, edges_of, len(sizes), NODE_COUNTS)
    _check_rows(LABEL, y, len(sizes), NODE_COUNTS)
    node_ptr = pointer(sizes)
    nodes = int(node_ptr[-1])
    ends = _edges(texts, sizes, edges_of)
    ends += np.repeat(node_ptr[:-1], edges_of)[:, None]
    split = _split(texts, len(sizes))
    if (kind := _kind(texts) if kind == "auto" else kind) == "atoms":
        atoms = _features(texts, ATOM, ATOM_SIZES, nodes, NODE_COUNTS)
        bonds = _features(texts, BOND, BOND_SIZES, int(edges_of.sum()), EDGE_COUNTS)
        in_ptr, in_idx, row = labelled_arcs(ends, nodes, EDGE)
        return Graphs(node_ptr=node_ptr, in_ptr=in_ptr, in_idx=in_idx, atoms=atoms, bonds=bonds[row], y=y, split=split)
    adjacency = symmetric_adjacency(ends[:, 0], ends[:, 1], nodes)
    unread = "Features of nodes and edges are not read." if kind == "constant" else "Features of edges are not read."
    return Graphs(
        node_ptr=node_ptr,
        in_ptr=adjacency.ptr,
        in_idx=adjacency.idx,
        x=_attributes(texts, nodes) if kind == "attributes" else None,
        y=y,
        split=split,
        dropped={"self_loops": adjacency.self_loops, "duplicate_edges": adjacency.duplicates, "empty_graphs": 0},
        remarks=(unread,) if kind == "constant" or BOND in texts else (),
    )


def _kind(texts: Mapping[str, bytes]) -> Kind:
    """What nodes carry: atoms where features have the columns of OGB's molecules, else numbers or nothing."""
    if ATOM not in texts:
        return "constant"
    columns = (column_count(texts[ATOM]), column_count(texts[BOND]) if BOND in texts else 0)
    return "atoms" if columns == (len(ATOM_SIZES), len(BOND_SIZES)) else "attributes"


def _attributes(texts: Mapping[str, bytes], nodes: int) -> npt.NDArray[np.float32]:
    values = decimals(ATOM, texts[ATOM], column_count(texts[ATOM]))
    _check_rows(ATOM, values, nodes, NODE_COUNTS)
    return values


def _outcome(texts: Mapping[str, bytes], task: Task, metric: Metric) -> npt.NDArray[Any]:
    """Class or target of every graph, int64 or float32 [graphs]."""
    if (tasks := column_count(texts[LABEL])) > 1:
        raise UserError(f"{LABEL} has {tasks} columns, one a task: training here has a single loss and score a graph.")
    values = decimals(LABEL, texts[LABEL], 1)[:, 0]
    if task == "regression":
        return values
    choices = "0 or 1" if metric == "auroc" else "a whole number from 0"
    wrong = (values < 0) | (values != np.floor(values)) | ((values > 1) if metric == "auroc" else False)
    if bad := _first(wrong):
        raise UserError(f"{LABEL}, line {bad}: a class is {choices}, found {values[bad - 1]:g}.")
    return values.astype(np.int64)


def _edges(texts: Mapping[str, bytes], sizes: IntArray, edges_of: IntArray) -> IntArray:
    """Nodes of every edge, counted within its graph, int64 [edges, 2]."""
    ends = _integers(texts, EDGE, 2)
    _check_rows(EDGE, ends, int(edges_of.sum()), EDGE_COUNTS)
    size = np.repeat(sizes, edges_of)
    if bad := _first(((ends < 0) | (ends >= size[:, None])).any(axis=1)):
        graph = int(np.searchsorted(np.cumsum(edges_of), bad - 1, side="right"))
        one, other = ends[bad - 1]
        raise UserError(
            f"{EDGE}, line {bad}: edge {one} and {other}, but nodes of graph {graph} are 0 to {sizes[graph] - 1}."
        )
    return ends


def _features(
    texts: Mapping[str, bytes], name: str, choices: tuple[int, ...], rows: int, counted_in: str
) -> npt.NDArray[np.uint8]:
    values = _integers(texts, name, len(choices))
    _check_rows(name, values, rows, counted_in)
    if bad := _first(((values < 0) | (values >= np.array(choices))).any(axis=1)):
        limits = ", ".join(str(choice - 1) for choice in choices)
        found = ", ".join(map(str, values[bad - 1]))
        raise UserError(f"{name}, line {bad}: {found}, but the largest values of these features are {limits}.")
    return values.astype(np.uint8)


def _split(texts: Mapping[str, bytes], graphs: int) -> npt.NDArray[np.int8]:
    """Part of every graph (0 train, 1 validation, 2 test); every graph must stand in one list."""
    split = np.full(graphs, -1, np.int8)
    for part, name in enumerate(f"{part}.csv.gz" for part in PARTS):
        listed = _column(texts, name)
        if bad := _first(listed >= graphs):
            raise UserError(f"{name}, line {bad}: graph {listed[bad - 1]}, but graphs are 0 to {graphs - 1:,}.")
        earlier = np.ones(len(listed), dtype=bool)
        earlier[np.unique(listed, return_index=True)[1]] = False
        if bad := _first(earlier | (split[listed] >= 0)):
            raise UserError(f"{name}, line {bad}: graph {listed[bad - 1]} is listed before.")
        split[listed] = part
    if bad := _first(split < 0):
        raise UserError(f"No part of the split lists graph {bad - 1} ({', '.join(PARTS)}).")
    return split


def _column(texts: Mapping[str, bytes], name: str, smallest: int = 0) -> IntArray:
    values = _integers(texts, name, 1)[:, 0]
    if bad := _first(values < smallest):
        raise UserError(f"{name}, line {bad}: expected a number from {smallest}, found {values[bad - 1]}.")
    return values


def _integers(texts: Mapping[str, bytes], name: str, columns: int) -> IntArray:
    return integers(name, texts[name], columns)


def _check_rows(name: str, values: npt.NDArray, expected: int, reason: str) -> None:
    if len(values) != expected:
        raise UserError(f"{name} has {len(values):,} lines, expected {expected:,} (by {reason}).")


def _first(bad: Any) -> int:
    """The line, from 1, of the first that is bad; 0 where none is."""
    return int(bad.argmax()) + 1 if bad.any() else 0
