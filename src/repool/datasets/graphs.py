"""A dataset in memory: all its graphs side by side in flat arrays, as readers return it and `arrays.py` writes it."""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from repool.errors import UserError

IntArray: TypeAlias = npt.NDArray[np.int64]
Index: TypeAlias = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Graphs:
    """Graphs of a dataset; graph g owns nodes node_ptr[g]:node_ptr[g+1].

    node_ptr: int64 [graphs+1]; in_ptr: int64 [nodes+1] and in_idx: int32 [edges], row i lists the nodes that i sums
    over; out_ptr, out_idx: the transpose, only for directed graphs; labels: int32 [nodes] with `label_names` in their
    order, or x: float32 [nodes, width], or atoms: uint8 [nodes, 9] with bonds: uint8 [edges, 3], a row an entry of
    in_idx, or none of them; y: int64 or float32 [graphs]; split: int8 [graphs] or None.
    `dropped` counts the rows of the raw files that were left out, `remarks` are sentences for the card.
    """

    node_ptr: IntArray
    in_ptr: IntArray
    in_idx: Index
    y: npt.NDArray
    out_ptr: IntArray | None = None
    out_idx: Index | None = None
    labels: Index | None = None
    label_names: tuple[str, ...] = ()
    x: npt.NDArray[np.float32] | None = None
    atoms: npt.NDArray[np.uint8] | None = None
    bonds: npt.NDArray[np.uint8] | None = None
    split: npt.NDArray[np.int8] | None = None
    dropped: dict[str, int] = field(default_factory=lambda: {"self_loops": 0, "duplicate_edges": 0, "empty_graphs": 0})
    remarks: tuple[str, ...] = ()

    @property
    def directed(self) -> bool:
        """Whether an edge may lack its reverse."""
        return self.out_ptr is not None


@dataclass(frozen=True)
class Adjacency:
    """Rows of neighbours (ptr int64 [nodes+1], idx int32 [edges], sorted) and what was left out to get them."""

    ptr: IntArray
    idx: Index
    self_loops: int
    duplicates: int
    mirrored: int


def symmetric_adjacency(sources: IntArray, targets: IntArray, nodes: int) -> Adjacency:
    """Neighbours of every node of an undirected graph given as a list of edges, in one or both directions.

    Args:
        sources, targets: int64 [rows], nodes from 0.
        nodes: number of nodes.

    Returns:
        The adjacency without self loops and duplicates, both counted in rows, and `mirrored`, the number of edges
        that stood in one direction only.
    """
    loops = sources == targets
    self_loops = int(np.count_nonzero(loops))
    if self_loops:
        sources, targets = sources[~loops], targets[~loops]
    listed = sources * nodes + targets
    listed.sort()
    listed = _distinct(listed)
    both = np.concatenate([listed, listed % nodes * nodes + listed // nodes])
    both.sort()
    both = _distinct(both)
    rows, columns = np.divmod(both, nodes)
    return Adjacency(
        ptr=pointer(np.bincount(rows, minlength=nodes)),
        idx=columns.astype(np.int32),
        self_loops=self_loops,
        duplicates=len(sources) - len(listed),
        mirrored=len(both) - len(listed),
    )


def labelled_arcs(ends: IntArray, nodes: int, name: str) -> tuple[IntArray, Index, IntArray]:
    """Both directions of edges that carry something, each listed once: which edge every arc comes from.

    Args:
        ends: int64 [edges, 2], nodes from 0, no self loops.
        nodes: number of nodes.
        name: the file the edges come from, for a message.

    Returns:
        in_ptr int64 [nodes+1] and in_idx int32 [2 * edges], rows sorted, and for each entry of in_idx its edge,
        int64 [2 * edges]. Raises UserError where an edge is a self loop or is listed twice.
    """
    into, of = np.concatenate([ends[:, 0], ends[:, 1]]), np.concatenate([ends[:, 1], ends[:, 0]])
    key = into * nodes + of
    order = np.argsort(key, kind="stable")
    edge, again = order % max(len(ends), 1), np.flatnonzero(np.diff(key[order]) == 0)
    bad = [*np.flatnonzero(ends[:, 0] == ends[:, 1]), *np.maximum(edge[again], edge[again + 1])]
    if bad:
        raise UserError(f"{name}, line {min(bad) + 1}: the edge is a self loop, or was listed before.")
    return pointer(np.bincount(into, minlength=nodes)), of[order].astype(np.int32), edge


def pointer(counts: npt.NDArray) -> IntArray:
    """Ranges from their lengths: int64 [n+1], starts with 0."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def _distinct(ordered: IntArray) -> IntArray:
    keep = np.ones(len(ordered), dtype=bool)
    keep[1:] = ordered[1:] != ordered[:-1]
    return ordered[keep]
