"""Products with 0/1 matrices in compressed rows: sums over neighbours, means over graphs."""

from dataclasses import dataclass

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.graphs import Graphs


@dataclass(frozen=True)
class Rows:
    """A 0/1 matrix in compressed rows, int32: row i has ones at idx[ptr[i]:ptr[i + 1]].

    It stands for the rows of every seed of a block and joins no rows of two seeds.
    """

    ptr: Tensor
    idx: Tensor

    @staticmethod
    def of(ptr: np.ndarray, idx: np.ndarray, device: torch.device) -> "Rows":
        """The matrix on a device."""
        return Rows(to_device(ptr, device), to_device(idx, device))

    def __matmul__(self, X: Tensor) -> Tensor:
        """The product with X [seeds, columns, width], as [seeds, rows, width]; not differentiated.

        Bags of rows: one pass, no intermediate of the size of the edges, and the same order of sums every time.
        """
        return self._bags(X, mode=0)

    def mean(self, X: Tensor) -> Tensor:
        """As `@`, divided by the number of ones in each row."""
        return self._bags(X, mode=1)

    def _bags(self, X: Tensor, mode: int) -> Tensor:
        flat = X.reshape(-1, X.size(2))
        sums: Tensor = torch.embedding_bag(flat, self.idx, self.ptr, False, mode, False, None, True)[0]
        return sums.view(X.size(0), -1, X.size(2))


@dataclass(frozen=True)
class Sparse:
    """A 0/1 matrix and its transpose."""

    rows: Rows
    transposed: Rows


def adjacency(graphs: Graphs, device: torch.device) -> Sparse:
    """A of a level: row i of A X is the sum of X over the neighbours of i."""
    rows = Rows.of(graphs.in_ptr, graphs.in_idx, device)
    return Sparse(rows, rows if graphs.symmetric else Rows.of(graphs.out_ptr, graphs.out_idx, device))


class GraphMean:
    """Mean readout: the mean of X over the nodes of each graph."""

    def __init__(self, graphs: Graphs, device: torch.device):
        node_ptr, nodes, graph_ptr, graph, sizes = _membership(graphs.graph_ptr, graphs.rows)
        self.nodes = Rows.of(node_ptr, nodes, device)
        self.graph = Rows.of(graph_ptr, graph, device)
        self.sizes = to_device(sizes, device)

    def __call__(self, X: Tensor) -> Tensor:
        """[seeds, graphs, width] of X [seeds, rows, width]."""
        mean: Tensor = _GraphMean.apply(X, self)  # type: ignore[no-untyped-call]
        return mean


class _GraphMean(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, readout):  # type: ignore[no-untyped-def]
        ctx.readout = readout
        return readout.nodes.mean(X)

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        return ctx.readout.graph @ (gradient / ctx.readout.sizes), None


@numba.njit(cache=True, nogil=True)
def _membership(graph_ptr, rows):  # type: ignore[no-untyped-def]
    """Compressed rows of graphs x nodes and of its transpose (padding is in no graph), and the graphs' sizes."""
    seeds, graphs = graph_ptr.shape[0], graph_ptr.shape[1] - 1
    node_ptr = np.zeros(seeds * graphs + 1, np.int32)
    nodes = np.empty(seeds * rows, np.int32)
    row_ptr = np.zeros(seeds * rows + 1, np.int32)
    graph_of_row = np.empty(seeds * rows, np.int32)
    sizes = np.empty((seeds, graphs, 1), np.float32)
    filled = 0
    for seed in range(seeds):
        for graph in range(graphs):
            sizes[seed, graph, 0] = graph_ptr[seed, graph + 1] - graph_ptr[seed, graph]
            for row in range(graph_ptr[seed, graph], graph_ptr[seed, graph + 1]):
                nodes[filled] = row
                graph_of_row[filled] = seed * graphs + graph
                filled += 1
                row_ptr[row + 1] = filled
            node_ptr[seed * graphs + graph + 1] = filled
        row_ptr[graph_ptr[seed, graphs] + 1 : (seed + 1) * rows + 1] = filled
    return node_ptr, nodes[:filled], row_ptr, graph_of_row[:filled], sizes


def to_device(array: np.ndarray, device: torch.device) -> Tensor:
    """The array as a tensor; on the CPU it shares the array's memory."""
    tensor = torch.from_numpy(array)
    return tensor if device.type == "cpu" else tensor.to(device, non_blocking=True)
