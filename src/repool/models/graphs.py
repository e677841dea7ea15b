"""How the graphs of a block stand in memory: the batches of its seeds side by side."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Graphs:
    """One level of a block's batch: S seeds with B graphs each, a node a row.

    The nodes of a graph are consecutive rows, the graphs of a seed too, and every seed has the same number of rows:
    the last ones, at least one, are padding, without edges and in no graph. So a row that is read nowhere always
    exists, and gradients of padding are zero without a mask.

    Attributes:
        rows: rows of one seed; the block has seeds x rows.
        graph_ptr: first row of each graph, int32 [seeds, graphs + 1]; graph g of seed s owns
            graph_ptr[s, g]:graph_ptr[s, g + 1].
        in_ptr, in_idx: compressed rows of A, int32: row i sums over the rows in_idx[in_ptr[i]:in_ptr[i + 1]].
        out_ptr, out_idx: compressed rows of A^T; the same arrays where A is symmetric.
        bonds: kind of bond of each entry of in_idx, int32, or None where the graphs are not molecules.
        chosen: which graph of the dataset stands where, int64 [seeds, graphs]; None in other levels, and where nodes
            are not in the dataset's order.
        dataset: that dataset's `node_ptr`, by which datasets are told apart, or None.
    """

    rows: int
    graph_ptr: np.ndarray
    in_ptr: np.ndarray
    in_idx: np.ndarray
    out_ptr: np.ndarray
    out_idx: np.ndarray
    bonds: np.ndarray | None = None
    chosen: np.ndarray | None = None
    dataset: np.ndarray | None = None

    @property
    def seeds(self) -> int:
        """Number of seeds, S."""
        return int(self.graph_ptr.shape[0])

    @property
    def symmetric(self) -> bool:
        """Whether A equals its transpose by construction."""
        return self.in_idx is self.out_idx


@dataclass(frozen=True)
class Pairs:
    """A matching of a level's nodes, as clusters of one or two that are the rows of the next level.

    Attributes:
        first, second: the nodes of each cluster, int32 [seeds x rows of the next level]; the same row where the
            cluster has one node; a padding row where there is no cluster.
        cluster: the cluster of each node, int32 [seeds x rows]; a padding row for padding.
    """

    first: np.ndarray
    second: np.ndarray
    cluster: np.ndarray
