"""The levels of a network: the nodes of a batch, or clusters of them.

A level says which rows belong to which graph and who is whose neighbour. Networks read the same over every kind, and
every convolution is called as conv(X, level); no matrix of nodes x nodes is ever built.
"""

from abc import ABC, abstractmethod
from functools import cached_property

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.graphs import Graphs
from repool.models.kernels.assignment_products import gram_norm, pool, spread
from repool.models.kernels.dispatch import numbers, to_device
from repool.models.kernels.neighbours import adjacency, neighbour_means, neighbour_sums
from repool.models.kernels.ranges import Ranges


class Level(ABC):
    """What networks read of a level.

    Attributes:
        seeds, graphs: of the block, and of each seed.
        rows: rows of each seed.
        device: where tensors are.
        nodes: rows that are nodes, [seeds, 1, 1].
        padded_rows: rows that a dense batch would have, graphs x nodes of the largest, [seeds, 1, 1].
        ptr: first row of each graph in the block, int32 [seeds, graphs + 1].
        chosen, dataset: which graphs of which dataset these are (`repool.models.graphs.Graphs`).
    """

    seeds: int
    graphs: int
    rows: int
    device: torch.device
    nodes: Tensor
    padded_rows: Tensor
    ptr: np.ndarray
    chosen: np.ndarray | None = None
    dataset: np.ndarray | None = None

    @cached_property
    def counts(self) -> np.ndarray:
        """How many rows of each seed are not padding, int64 [seeds]."""
        return (self.ptr[:, -1] - self.ptr[:, 0]).astype(np.int64)

    @cached_property
    def ranges(self) -> Ranges:
        """The rows of each graph."""
        return Ranges(self.ptr, self.rows, self.device)

    def pool(self, S: Tensor, X: Tensor) -> Tensor:
        """S^T X of each graph, [seeds, graphs x clusters, width]."""
        return pool(S, X, self.ranges)

    def spread(self, S: Tensor, Y: Tensor) -> Tensor:
        """S Y of each graph, [seeds, rows, width], of Y [seeds, graphs x clusters, width]."""
        return spread(S, Y, self.ranges)

    def gram_norm(self, S: Tensor) -> Tensor:
        """||S^T S||^2 of each graph, [seeds, graphs]."""
        return gram_norm(S, self.ranges)

    @abstractmethod
    def rows_of(self, table: Tensor) -> Tensor:
        """Row i of a table [seeds, most rows + 1, width] for row i of every graph; the last one for padding."""

    @abstractmethod
    def total(self, X: Tensor) -> Tensor:
        """Sum of X over each graph, [seeds, graphs, width]."""

    @abstractmethod
    def of_graph(self, x: Tensor) -> Tensor:
        """In every row what x [seeds, graphs, width] says of its graph, [seeds, rows, width]; zero on padding."""

    def in_rows(self, x: Tensor) -> Tensor:
        """In every row what x [seeds, 1, width] says of its seed; its gradient does not depend on padding."""
        return self.of_graph(x.expand(-1, self.graphs, -1))

    @abstractmethod
    def mean_of_graph(self, X: Tensor) -> Tensor:
        """Mean of X over each graph, [seeds, graphs, width]."""


class Connected(Level):
    """A level that knows who is whose neighbour."""

    @abstractmethod
    def sum(self, X: Tensor) -> Tensor:
        """A X, [seeds, rows, width]."""

    @cached_property
    def degree(self) -> Tensor:
        """A 1, [seeds, rows, 1]."""
        return self.sum(torch.ones(self.seeds, self.rows, 1, device=self.device))


class Averaging(Connected):
    """A level for convolutions that average.

    Attributes:
        entries: entries of A in a padded dense batch, [seeds].
        squared_norm: ||A||^2 over the batch, [seeds].
    """

    entries: Tensor
    squared_norm: Tensor
    _last: tuple[Tensor, bool, Tensor] | None = None

    def mean(self, X: Tensor, itself: bool) -> Tensor:
        """(A X)_i / max(A 1, 1)_i, with the diagonal of A set to 1 (`itself`) or as it is; [seeds, rows, width].

        The last one is kept, for the two networks of equations 4 and 5 begin with the same.
        """
        if self._last is None or self._last[0] is not X or self._last[1] is not itself:
            self._last = (X, itself, self._mean(X, itself))
        return self._last[2]

    @abstractmethod
    def _mean(self, X: Tensor, itself: bool) -> Tensor:
        """The same, computed."""


class Nodes(Averaging):
    """A level of nodes: sparse A, some rows of padding. Level 0 of every network, and all levels of Graclus."""

    def __init__(self, graphs: Graphs, device: torch.device):
        self.device, self.A = device, adjacency(graphs)
        self.seeds, self.graphs, self.rows = graphs.seeds, graphs.graph_ptr.shape[1] - 1, graphs.rows
        self.ptr, self.chosen, self.dataset = graphs.graph_ptr, graphs.chosen, graphs.dataset

    @cached_property
    def nodes(self) -> Tensor:  # type: ignore[override]
        """Rows that are nodes, [seeds, 1, 1]."""
        return numbers(self.counts, self.device).view(-1, 1, 1)

    @cached_property
    def largest(self) -> Tensor:
        """Nodes of each seed's largest graph, [seeds]."""
        return numbers(np.diff(self.ptr).max(axis=1), self.device)

    @cached_property
    def padded_rows(self) -> Tensor:  # type: ignore[override]
        """Rows of a padded dense batch, [seeds, 1, 1]."""
        return (self.graphs * self.largest).view(-1, 1, 1)

    @cached_property
    def entries(self) -> Tensor:  # type: ignore[override]
        """Entries of A in a padded dense batch, [seeds]."""
        return self.graphs * self.largest.square()

    @cached_property
    def squared_norm(self) -> Tensor:  # type: ignore[override]
        """||A||^2 over the batch, which is its arcs, [seeds]."""
        return numbers(np.diff(self.A.rows.ptr[:: self.rows]), self.device)

    @cached_property
    def degree(self) -> Tensor:
        """A 1, [seeds, rows, 1]."""
        return numbers(np.diff(self.A.rows.ptr), self.device).view(self.seeds, self.rows, 1)

    def sum(self, X: Tensor) -> Tensor:
        """A X."""
        return neighbour_sums(X, self.A)

    def _mean(self, X: Tensor, itself: bool) -> Tensor:
        return neighbour_means(X, self.A, itself)

    def rows_of(self, table: Tensor) -> Tensor:
        """Row i of a table [seeds, most nodes + 1, width] for node i of every graph; the last one for padding."""
        of_rows = to_device(_table_rows(self.ptr, self.rows, table.size(1)), table.device)
        return table.reshape(-1, table.size(2)).index_select(0, of_rows).view(self.seeds, self.rows, table.size(2))

    def total(self, X: Tensor) -> Tensor:
        """Sum of X over the nodes of each graph, [seeds, graphs, width]."""
        return self.pool(self.ranges.inside.to(X.dtype), X)

    def mean_of_graph(self, X: Tensor) -> Tensor:
        """Mean of X over the nodes of each graph, [seeds, graphs, width]."""
        return self.total(X) / numbers(np.diff(self.ptr), self.device).unsqueeze(2)

    def of_graph(self, x: Tensor) -> Tensor:
        """For every node what x [seeds, graphs, width] says of its graph, [seeds, rows, width]; zero on padding."""
        return self.spread(self.ranges.inside.to(x.dtype), x)


class Clusters(Level):
    """A level above: every graph has the same clusters, and no row is padding.

    X is [seeds, graphs x clusters, width].
    """

    def __init__(self, seeds: int, graphs: int, clusters: int, device: torch.device):
        self.seeds, self.graphs, self.clusters, self.device = seeds, graphs, clusters, device
        self.rows = graphs * clusters
        starts = np.arange(graphs + 1, dtype=np.int32) * clusters
        self.ptr = starts + self.rows * np.arange(seeds, dtype=np.int32)[:, None]
        self.nodes = self.padded_rows = torch.full((seeds, 1, 1), float(self.rows), device=device)

    def per_graph(self, X: Tensor) -> Tensor:
        """[seeds x graphs, clusters, width] of X."""
        return X.reshape(self.seeds * self.graphs, self.clusters, X.size(2))

    def rows_of(self, table: Tensor) -> Tensor:
        """Row i of a table [seeds, clusters + 1, width] for cluster i of every graph."""
        return table[:, : self.clusters].unsqueeze(1).expand(-1, self.graphs, -1, -1).flatten(1, 2)

    def total(self, X: Tensor) -> Tensor:
        """Sum of X over the clusters of each graph, [seeds, graphs, width]."""
        return X.view(self.seeds, self.graphs, self.clusters, X.size(2)).sum(dim=2)

    def of_graph(self, x: Tensor) -> Tensor:
        """For every cluster what x [seeds, graphs, width] says of its graph, [seeds, rows, width]."""
        return x.unsqueeze(2).expand(-1, -1, self.clusters, -1).flatten(1, 2)

    def mean_of_graph(self, X: Tensor) -> Tensor:
        """Mean of X over the clusters of each graph, [seeds, graphs, width]."""
        return self.total(X) / self.clusters

    def max_of_graph(self, X: Tensor) -> Tensor:
        """Maximum of X over the clusters of each graph, [seeds, graphs, width]."""
        return X.view(self.seeds, self.graphs, self.clusters, X.size(2)).max(dim=2).values


@numba.njit(cache=True, nogil=True)
def _table_rows(ptr, rows, size):  # type: ignore[no-untyped-def]
    """Of each row of the block its row among the seeds' tables, whose last row is for padding."""
    table_rows = np.empty(ptr.shape[0] * rows, np.int32)
    for seed in range(ptr.shape[0]):
        table_rows[seed * rows : (seed + 1) * rows] = (seed + 1) * size - 1
        for graph in range(ptr.shape[1] - 1):
            for row in range(ptr[seed, graph], ptr[seed, graph + 1]):
                table_rows[row] = seed * size + row - ptr[seed, graph]
    return table_rows
