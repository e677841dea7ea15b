"""The levels of a network with soft pooling: the nodes of a batch, then clusters of them (`repool.models.clusters`).

A level says who is whose neighbour, and reduces rows by an assignment S (equation 5). Networks read the same over both
kinds; no matrix of nodes x nodes is ever built.
"""

from abc import ABC, abstractmethod
from functools import cached_property

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.graphs import Graphs
from repool.models.segments import Segments
from repool.models.sparse import NeighbourhoodMean, adjacency, numbers, to_device


class Level(ABC):
    """What networks read of a level.

    Attributes:
        seeds, graphs: of the block, and of each seed.
        rows: rows of each seed.
        device: where tensors are.
        nodes: rows that are nodes, [seeds, 1, 1].
        padded_rows: rows that a dense batch would have, graphs x nodes of the largest, [seeds, 1, 1].
        inside: 1 on nodes and 0 on padding, [seeds, rows, 1] or [1, 1, 1].
        ptr: first row of each graph in the block, int32 [seeds, graphs + 1].
        chosen, dataset: which graphs of which dataset these are (`repool.models.graphs.Graphs`).
    """

    seeds: int
    graphs: int
    rows: int
    device: torch.device
    nodes: Tensor
    padded_rows: Tensor
    inside: Tensor
    ptr: np.ndarray
    chosen: np.ndarray | None = None
    dataset: np.ndarray | None = None

    @cached_property
    def segments(self) -> Segments:
        """The rows of each graph."""
        return Segments(self.ptr, self.rows, self.device)

    def pool(self, S: Tensor, X: Tensor) -> Tensor:
        """S^T X of each graph, [seeds, graphs x clusters, width]."""
        return self.segments.pool(S, X)

    def spread(self, S: Tensor, Y: Tensor) -> Tensor:
        """S Y of each graph, [seeds, rows, width], of Y [seeds, graphs x clusters, width]."""
        return self.segments.spread(S, Y)

    def gram_norm(self, S: Tensor) -> Tensor:
        """||S^T S||^2 of each graph, [seeds, graphs]."""
        return self.segments.gram_norm(S)

    @abstractmethod
    def rows_of(self, table: Tensor) -> Tensor:
        """Row i of a table [seeds, most rows + 1, width] for row i of every graph; the last one for padding."""

    @abstractmethod
    def total(self, X: Tensor) -> Tensor:
        """Sum of X over each graph, [seeds, graphs, width]."""

    @abstractmethod
    def of_graph(self, x: Tensor) -> Tensor:
        """In every row what x [seeds, graphs, width] says of its graph, [seeds, rows, width]; zero on padding."""

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
    """Level 0: the nodes of each graph, sparse A, some rows of padding."""

    def __init__(self, graphs: Graphs, device: torch.device):
        self.device, self.A = device, adjacency(graphs)
        self.seeds, self.graphs, self.rows = graphs.seeds, graphs.graph_ptr.shape[1] - 1, graphs.rows
        self.ptr, self.chosen, self.dataset = graphs.graph_ptr, graphs.chosen, graphs.dataset
        nodes, most, arcs, inside, self._position = _measured(graphs.graph_ptr, graphs.rows, graphs.in_ptr)
        self.nodes, self.inside = numbers(nodes, device), numbers(inside, device)
        self.squared_norm = numbers(arcs, device)
        largest = numbers(most, device)
        self.padded_rows = self.graphs * largest
        self.entries = (self.graphs * largest.square()).flatten()

    @cached_property
    def degree(self) -> Tensor:
        """A 1, [seeds, rows, 1]."""
        return numbers(np.diff(self.A.rows.ptr), self.device).view(self.seeds, self.rows, 1)

    @cached_property
    def _means(self) -> dict[bool, NeighbourhoodMean]:
        return {}

    def sum(self, X: Tensor) -> Tensor:
        """A X."""
        return self.A.sum(X)

    def _mean(self, X: Tensor, itself: bool) -> Tensor:
        if itself not in self._means:
            self._means[itself] = NeighbourhoodMean(self.A, itself, self.device)
        return self._means[itself](X)

    def rows_of(self, table: Tensor) -> Tensor:
        """Row i of a table [seeds, most nodes + 1, width] for node i of every graph; the last one for padding."""
        seed = np.arange(self.seeds, dtype=np.int32).repeat(self.rows) * np.int32(table.size(1))
        position = np.where(self._position < 0, np.int32(table.size(1) - 1), self._position)
        rows = table.reshape(-1, table.size(2)).index_select(0, to_device(seed + position, table.device))
        return rows.view(self.seeds, self.rows, table.size(2))

    def total(self, X: Tensor) -> Tensor:
        """Sum of X over the nodes of each graph, [seeds, graphs, width]."""
        return self.segments.pool(self.inside.to(X.dtype), X)

    def mean_of_graph(self, X: Tensor) -> Tensor:
        """Mean of X over the nodes of each graph, [seeds, graphs, width]."""
        return self.total(X) / numbers(np.diff(self.ptr), self.device).unsqueeze(2)

    def of_graph(self, x: Tensor) -> Tensor:
        """For every node what x [seeds, graphs, width] says of its graph, [seeds, rows, width]; zero on padding."""
        return self.segments.spread(self.inside.to(x.dtype), x)


@numba.njit(cache=True, nogil=True)
def _measured(graph_ptr, rows, in_ptr):  # type: ignore[no-untyped-def]
    """Of each seed its nodes, largest graph and arcs; of each row whether it is a node, and which of its graph."""
    seeds, graphs = graph_ptr.shape[0], graph_ptr.shape[1] - 1
    nodes, most = np.empty((seeds, 1, 1), np.int32), np.zeros((seeds, 1, 1), np.int32)
    arcs = np.empty(seeds, np.int32)
    inside = np.zeros((seeds, rows, 1), np.bool_)
    position = np.full(seeds * rows, -1, np.int32)
    for seed in range(seeds):
        nodes[seed] = graph_ptr[seed, graphs] - graph_ptr[seed, 0]
        arcs[seed] = in_ptr[(seed + 1) * rows] - in_ptr[seed * rows]
        for graph in range(graphs):
            start, stop = graph_ptr[seed, graph], graph_ptr[seed, graph + 1]
            most[seed, 0, 0] = max(most[seed, 0, 0], stop - start)
            for row in range(start, stop):
                inside[seed, row - seed * rows] = 1
                position[row] = row - start
    return nodes, most, arcs, inside, position
