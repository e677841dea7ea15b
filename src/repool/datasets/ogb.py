"""Reader of molecules in OGB's csv archive (Hu et al., 2020): atoms and bonds with categorical features.

num-node-list and num-edge-list say how many rows of node-feat (one an atom), edge and edge-feat (one a bond, in one
direction) belong to each graph; atoms of an edge count from 0 within their graph. split/scaffold lists graphs by part.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from repool.categories import ATOM_SIZES, BOND_SIZES
from repool.datasets.archive import gunzip, read_members
from repool.datasets.formats import ATOM, BOND, EDGE, EDGE_COUNTS, LABEL, NAMES, NODE_COUNTS, is_read
from repool.datasets.formats import OGB_PARTS as PARTS
from repool.datasets.graphs import Graphs, IntArray, labelled_arcs, pointer
from repool.datasets.text import integers
from repool.errors import UserError
from repool.schemas.sources import Dataset


def read(dataset: Dataset, files: Sequence[Path], processes: int = 1) -> Graphs:  # noqa: ARG001 (one signature for all)
    """Read one zip archive; raises UserError with the member and line that is wrong."""
    members = read_members(files[0], lambda name: is_read("ogb", name), dataset.files[0].expanded)
    if missing := [name for name in NAMES["ogb"] if name not in members]:
        raise UserError(f"{files[0].name} (for {dataset.name}) lacks {', '.join(missing)}. Get it from its source.")
    return parse(members)


def parse(members: Mapping[str, bytes]) -> Graphs:
    """Graphs from the gzipped csv files, by file name."""
    sizes = _column(members, NODE_COUNTS, smallest=1)
    bonds_of, y = _column(members, EDGE_COUNTS), _column(members, LABEL)
    _check_rows(EDGE_COUNTS, bonds_of, len(sizes), NODE_COUNTS)
    _check_rows(LABEL, y, len(sizes), NODE_COUNTS)
    if bad := _first((y != 0) & (y != 1)):
        raise UserError(f"{LABEL}, line {bad}: a class is 0 or 1, found {y[bad - 1]}.")
    node_ptr = pointer(sizes)
    atoms = _features(members, ATOM, ATOM_SIZES, int(node_ptr[-1]), NODE_COUNTS)
    bonds = _features(members, BOND, BOND_SIZES, int(bonds_of.sum()), EDGE_COUNTS)
    ends = _edges(members, sizes, bonds_of) + np.repeat(node_ptr[:-1], bonds_of)[:, None]
    in_ptr, in_idx, row = labelled_arcs(ends, int(node_ptr[-1]), EDGE)
    return Graphs(
        node_ptr=node_ptr,
        in_ptr=in_ptr,
        in_idx=in_idx,
        atoms=atoms,
        bonds=bonds[row],
        y=y,
        split=_split(members, len(sizes)),
    )


def _edges(members: Mapping[str, bytes], sizes: IntArray, bonds_of: IntArray) -> IntArray:
    """Atoms of every bond, counted within its graph, int64 [bonds, 2]."""
    ends = _integers(members, EDGE, 2)
    _check_rows(EDGE, ends, int(bonds_of.sum()), EDGE_COUNTS)
    size = np.repeat(sizes, bonds_of)
    if bad := _first(((ends < 0) | (ends >= size[:, None])).any(axis=1)):
        graph = int(np.searchsorted(np.cumsum(bonds_of), bad - 1, side="right"))
        one, other = ends[bad - 1]
        raise UserError(
            f"{EDGE}, line {bad}: bond {one} and {other}, but atoms of graph {graph} are 0 to {sizes[graph] - 1}."
        )
    return ends


def _features(
    members: Mapping[str, bytes], name: str, choices: tuple[int, ...], rows: int, counted_in: str
) -> npt.NDArray[np.uint8]:
    values = _integers(members, name, len(choices))
    _check_rows(name, values, rows, counted_in)
    if bad := _first(((values < 0) | (values >= np.array(choices))).any(axis=1)):
        limits = ", ".join(str(choice - 1) for choice in choices)
        found = ", ".join(map(str, values[bad - 1]))
        raise UserError(f"{name}, line {bad}: {found}, but the largest values of these features are {limits}.")
    return values.astype(np.uint8)


def _split(members: Mapping[str, bytes], graphs: int) -> npt.NDArray[np.int8]:
    """Part of every graph (0 train, 1 validation, 2 test); every graph must stand in one list."""
    split = np.full(graphs, -1, np.int8)
    for part, name in enumerate(f"{part}.csv.gz" for part in PARTS):
        listed = _column(members, name)
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


def _column(members: Mapping[str, bytes], name: str, smallest: int = 0) -> IntArray:
    values = _integers(members, name, 1)[:, 0]
    if bad := _first(values < smallest):
        raise UserError(f"{name}, line {bad}: expected a number from {smallest}, found {values[bad - 1]}.")
    return values


def _integers(members: Mapping[str, bytes], name: str, columns: int) -> IntArray:
    return integers(name, gunzip(name, members[name]), columns)


def _check_rows(name: str, values: npt.NDArray, expected: int, reason: str) -> None:
    if len(values) != expected:
        raise UserError(f"{name} has {len(values):,} lines, expected {expected:,} (by {reason}).")


def _first(bad: Any) -> int:
    """The line, from 1, of the first that is bad; 0 where none is."""
    return int(bad.argmax()) + 1 if bad.any() else 0
