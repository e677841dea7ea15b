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

    ptr: np.ndarray
    idx: np.ndarray

    def product(self, X: Tensor) -> Tensor:
        """The product with X [seeds, columns, width], as [seeds, rows, width]; not differentiated.

        Bags of rows: one pass, no intermediate of the size of the edges, and the same order of sums every time.
        """
        idx, ptr = to_device(self.idx, X.device), to_device(self.ptr, X.device)
        sums: Tensor = torch.embedding_bag(X.reshape(-1, X.size(2)), idx, ptr, False, 0, False, None, True)[0]
        return sums.view(X.size(0), -1, X.size(2))


@dataclass(frozen=True)
class Sparse:
    """A 0/1 matrix and its transpose; `bonds` says what kind of bond each of its ones is, if graphs are molecules."""

    rows: Rows
    transposed: Rows
    bonds: np.ndarray | None = None

    def beside_sums(self, X: Tensor) -> Tensor:
        """[X, A X], [seeds, rows, 2 x width], of X [seeds, rows, width]; not differentiated."""
        if not X.is_cpu:
            return torch.cat([X, self.rows.product(X)], dim=2)
        result = X.new_empty(X.size(0), X.size(1), 2 * X.size(2))
        _beside_sums(X.detach().numpy(), self.rows.ptr, self.rows.idx, result.numpy())
        return result

    def gradient_beside_sums(self, gradient: Tensor) -> Tensor:
        """The gradient of X for that of [X, A X]: its left half plus A^T times its right half."""
        width = gradient.size(2) // 2
        if not gradient.is_cpu:
            return gradient[..., :width] + self.transposed.product(gradient[..., width:])
        result = gradient.new_empty(gradient.size(0), gradient.size(1), width)
        _gradient_beside_sums(gradient.contiguous().numpy(), self.transposed.ptr, self.transposed.idx, result.numpy())
        return result

    def sum(self, X: Tensor) -> Tensor:
        """A X, [seeds, rows, width], of X [seeds, rows, width]."""
        sums: Tensor = _Sum.apply(X, self)  # type: ignore[no-untyped-call]
        return sums


class _Sum(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, A):  # type: ignore[no-untyped-def]
        ctx.A = A
        return A.rows.product(X)

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        return ctx.A.transposed.product(gradient), None


class NeighbourhoodMean:
    """The mean over each node's neighbours, the node itself among them or not; zero where there is nobody.

    That is (A X)_i / max(A 1, 1)_i, with the diagonal of A set to 1 (`itself`) or as it is.
    """

    def __init__(self, A: Sparse, itself: bool, device: torch.device):
        self.A, self.itself = A, itself
        self.share = numbers(_shares(A.rows.ptr, itself), device)

    def __call__(self, X: Tensor) -> Tensor:
        """[seeds, rows, width] of X [seeds, rows, width]."""
        mean: Tensor = _NeighbourhoodMean.apply(X, self)  # type: ignore[no-untyped-call]
        return mean

    def in_torch(self, X: Tensor) -> Tensor:
        """The same in torch operations; not differentiated."""
        sums = self.A.rows.product(X)
        return (sums + X if self.itself else sums) * self.share.view(X.size(0), -1, 1)

    def gradient_in_torch(self, gradient: Tensor) -> Tensor:
        """The gradient of X in torch operations."""
        shared = gradient * self.share.view(gradient.size(0), -1, 1)
        sums = self.A.transposed.product(shared)
        return sums + shared if self.itself else sums


class _NeighbourhoodMean(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, mean):  # type: ignore[no-untyped-def]
        ctx.mean = mean
        if X.is_cpu:
            return _weighted_sums(X, mean.A.rows, mean.itself, mean.share, None)
        return mean.in_torch(X)

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        mean = ctx.mean
        if gradient.is_cpu:
            return _weighted_sums(gradient, mean.A.transposed, mean.itself, None, mean.share), None
        return mean.gradient_in_torch(gradient), None


def _weighted_sums(X: Tensor, rows: Rows, itself: bool, outer: Tensor | None, inner: Tensor | None) -> Tensor:
    """outer_i (sum over j of inner_j X_j), by the compiled loop; without a weight, 1."""
    result = torch.empty_like(X, memory_format=torch.contiguous_format)
    outer, inner = (X.new_ones(X.size(0) * X.size(1)) if weight is None else weight for weight in (outer, inner))
    arrays = (outer.numpy(), inner.numpy(), result.numpy())
    _sums(X.detach().contiguous().numpy(), rows.ptr, rows.idx, itself, *arrays)
    return result


@numba.njit(cache=True, nogil=True)
def _shares(ptr, itself):  # type: ignore[no-untyped-def]
    shares = np.empty(ptr.size - 1)
    for row in range(shares.size):
        shares[row] = 1 / max(ptr[row + 1] - ptr[row] + itself, 1)
    return shares


@numba.njit(cache=True, nogil=True)
def _sums(X, ptr, idx, itself, outer, inner, result):  # type: ignore[no-untyped-def]
    width = X.shape[2]
    X, result = X.reshape(-1, width), result.reshape(-1, width)
    for row in range(X.shape[0]):
        own, sums = X[row], result[row]
        kept = inner[row] if itself else X.dtype.type(0)
        for column in range(width):
            sums[column] = kept * own[column]
        for edge in range(ptr[row], ptr[row + 1]):
            other, weight = X[idx[edge]], inner[idx[edge]]
            for column in range(width):
                sums[column] += weight * other[column]
        for column in range(width):
            sums[column] *= outer[row]


def adjacency(graphs: Graphs) -> Sparse:
    """A of a level: row i of A X is the sum of X over the neighbours of i."""
    rows = Rows(graphs.in_ptr, graphs.in_idx)
    return Sparse(rows, rows if graphs.symmetric else Rows(graphs.out_ptr, graphs.out_idx), graphs.bonds)


@numba.njit(cache=True, nogil=True)
def _beside_sums(X, ptr, idx, result):  # type: ignore[no-untyped-def]
    width = X.shape[2]
    X, result = X.reshape(-1, width), result.reshape(-1, 2 * width)
    for row in range(X.shape[0]):
        own, kept, sums = X[row], result[row, :width], result[row, width:]
        for column in range(width):
            kept[column] = own[column]
            sums[column] = 0
        for edge in range(ptr[row], ptr[row + 1]):
            other = X[idx[edge]]
            for column in range(width):
                sums[column] += other[column]


@numba.njit(cache=True, nogil=True)
def _gradient_beside_sums(gradient, ptr, idx, result):  # type: ignore[no-untyped-def]
    width = result.shape[2]
    gradient, result = gradient.reshape(-1, 2 * width), result.reshape(-1, width)
    for row in range(result.shape[0]):
        own, sums = gradient[row, :width], result[row]
        for column in range(width):
            sums[column] = own[column]
        for edge in range(ptr[row], ptr[row + 1]):
            other = gradient[idx[edge], width:]
            for column in range(width):
                sums[column] += other[column]


class GraphMean:
    """Mean readout: the mean of X over the nodes of each graph."""

    def __init__(self, graphs: Graphs, device: torch.device):
        node_ptr, nodes, graph_ptr, graph, sizes = _membership(graphs.graph_ptr, graphs.rows)
        self.nodes, self.graph = Rows(node_ptr, nodes), Rows(graph_ptr, graph)
        self.sizes = numbers(sizes, device)

    def __call__(self, X: Tensor) -> Tensor:
        """[seeds, graphs, width] of X [seeds, rows, width]."""
        mean: Tensor = _GraphMean.apply(X, self)  # type: ignore[no-untyped-call]
        return mean


class _GraphMean(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, readout):  # type: ignore[no-untyped-def]
        ctx.readout = readout
        return readout.nodes.product(X).div_(readout.sizes)

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        return ctx.readout.graph.product(gradient / ctx.readout.sizes), None


@numba.njit(cache=True, nogil=True)
def _membership(graph_ptr, rows):  # type: ignore[no-untyped-def]
    """Compressed rows of graphs x nodes and of its transpose (padding is in no graph), and the graphs' sizes."""
    seeds, graphs = graph_ptr.shape[0], graph_ptr.shape[1] - 1
    node_ptr = np.zeros(seeds * graphs + 1, np.int32)
    nodes = np.empty(seeds * rows, np.int32)
    row_ptr = np.zeros(seeds * rows + 1, np.int32)
    graph_of_row = np.empty(seeds * rows, np.int32)
    sizes = np.empty((seeds, graphs, 1), np.int32)
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


def numbers(array: np.ndarray, device: torch.device | None = None) -> Tensor:
    """The array as a tensor of torch's default type, on the device or the CPU.

    Weights and what a batch says of its graphs have that type, and all that is computed from them follows.
    """
    return torch.from_numpy(array).to(device, torch.get_default_dtype(), non_blocking=True)
