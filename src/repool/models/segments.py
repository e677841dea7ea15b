"""Products with soft assignments, graph by graph and without padding: S^T X, S Y and ||S^T S||^2.

The graphs of a level own consecutive rows. `pool` and `spread` are each other's gradient:

    X' = S^T X:  dS = X dX'^T,  dX = S dX'
    Z  = S Y:    dS = dZ Y^T,   dY = S^T dZ

On the CPU compiled loops walk over each graph's own rows. Elsewhere a batch of padded graphs is multiplied at once.
"""

from functools import cached_property

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.graphs import Graphs
from repool.models.sparse import to_device


class Segments:
    """The rows of each graph of a level.

    Args:
        graphs: the level.
        device: where its tensors are.
    """

    def __init__(self, graphs: Graphs, device: torch.device):
        self.ptr, self.rows, self.device = graphs.graph_ptr, graphs.rows, device
        self.seeds, self.graphs = graphs.seeds, graphs.graph_ptr.shape[1] - 1
        self.compiled = device.type == "cpu"

    def pool(self, S: Tensor, X: Tensor) -> Tensor:
        """S^T X of each graph, [seeds, graphs x clusters, width].

        Args:
            S: assignment, float32 [seeds, rows, clusters], zero on padding.
            X: features, float32 [seeds, rows, width].
        """
        if not self.compiled:
            return torch.bmm(self._padded(S).mT, self._padded(X)).view(self.seeds, -1, X.size(2))
        pooled: Tensor = _Pool.apply(S, X, self)  # type: ignore[no-untyped-call]
        return pooled

    def spread(self, S: Tensor, Y: Tensor) -> Tensor:
        """S Y of each graph, [seeds, rows, width].

        Args:
            S: assignment, float32 [seeds, rows, clusters], zero on padding.
            Y: features of clusters, float32 [seeds, graphs x clusters, width].
        """
        if not self.compiled:
            per_graph = Y.reshape(self.seeds * self.graphs, -1, Y.size(2))
            return self._unpadded(torch.bmm(self._padded(S), per_graph))
        rows: Tensor = _Spread.apply(S, Y, self)  # type: ignore[no-untyped-call]
        return rows

    def gram_norm(self, S: Tensor) -> Tensor:
        """||S^T S||^2 (Frobenius) of each graph, [seeds, graphs].

        It equals ||S S^T||^2, so a graph with fewer nodes than clusters takes the smaller product.
        """
        if not self.compiled:
            padded = self._padded(S)
            return torch.bmm(padded.mT, padded).square().sum(dim=(1, 2)).view(self.seeds, -1)
        norm: Tensor = _GramNorm.apply(S, self)  # type: ignore[no-untyped-call]
        return norm

    def total(self, x: Tensor) -> Tensor:
        """Sum of x [seeds, rows, width] over the nodes of each graph, [seeds, graphs, width]."""
        return self.pool(torch.ones_like(x[..., :1]), x)

    @cached_property
    def _slots(self) -> tuple[Tensor, Tensor]:
        slot, row = _slots(self.ptr, self.rows)
        return to_device(slot, self.device), to_device(row, self.device)

    def _padded(self, X: Tensor) -> Tensor:
        """Rows of each graph, [seeds x graphs, most nodes, width]; what stands beyond a graph's end is zero in S."""
        return X.reshape(-1, X.size(2)).index_select(0, self._slots[1]).view(self.seeds * self.graphs, -1, X.size(2))

    def _unpadded(self, X: Tensor) -> Tensor:
        return X.reshape(-1, X.size(2)).index_select(0, self._slots[0]).view(self.seeds, self.rows, X.size(2))


class _Pool(torch.autograd.Function):
    @staticmethod
    def forward(ctx, S, X, segments):  # type: ignore[no-untyped-def]
        ctx.segments = segments
        ctx.save_for_backward(S, X)
        return _pooled(S, X, segments)

    @staticmethod
    def backward(ctx, dX):  # type: ignore[no-untyped-def]
        (S, X), segments = ctx.saved_tensors, ctx.segments
        dS = _spreaded(X, _transposed(dX, segments), segments) if ctx.needs_input_grad[0] else None
        return dS, _spreaded(S, dX, segments) if ctx.needs_input_grad[1] else None, None


class _Spread(torch.autograd.Function):
    @staticmethod
    def forward(ctx, S, Y, segments):  # type: ignore[no-untyped-def]
        ctx.segments = segments
        ctx.save_for_backward(S, Y)
        return _spreaded(S, Y, segments)

    @staticmethod
    def backward(ctx, dZ):  # type: ignore[no-untyped-def]
        (S, Y), segments = ctx.saved_tensors, ctx.segments
        dS = _spreaded(dZ, _transposed(Y, segments), segments) if ctx.needs_input_grad[0] else None
        return dS, _pooled(S, dZ, segments) if ctx.needs_input_grad[1] else None, None


class _GramNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, S, segments):  # type: ignore[no-untyped-def]
        ctx.segments = segments
        norm, product = torch.empty(segments.seeds, segments.graphs), torch.zeros_like(S)
        _gram_norm(_array(S), segments.ptr, norm.numpy(), product.numpy())
        ctx.save_for_backward(product)
        return norm

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        """d||S^T S||^2 = 4 S S^T S."""
        (product,), segments = ctx.saved_tensors, ctx.segments
        result = torch.zeros_like(product)
        _scale_rows(product.numpy(), segments.ptr, _array(4 * gradient), result.numpy())
        return result, None


def _pooled(S: Tensor, X: Tensor, segments: Segments) -> Tensor:
    result = torch.zeros(segments.seeds, segments.graphs * S.size(2), X.size(2))
    pool_rows(_array(S), _array(X), segments.ptr, result.numpy())
    return result


def _spreaded(S: Tensor, Y: Tensor, segments: Segments) -> Tensor:
    result = torch.zeros(segments.seeds, segments.rows, Y.size(2))
    spread_rows(_array(S), _array(Y), segments.ptr, result.numpy())
    return result


def _transposed(Y: Tensor, segments: Segments) -> Tensor:
    """Y^T of each graph, [seeds, graphs x width, clusters] of [seeds, graphs x clusters, width]."""
    return Y.reshape(segments.seeds * segments.graphs, -1, Y.size(2)).mT.reshape(
        segments.seeds, -1, _clusters(Y, segments)
    )


def _clusters(Y: Tensor, segments: Segments) -> int:
    return Y.size(1) // segments.graphs


def _array(X: Tensor) -> np.ndarray:
    return X.detach().contiguous().numpy()


@numba.njit(cache=True, nogil=True, fastmath={"contract"})
def pool_rows(S, X, ptr, result):  # type: ignore[no-untyped-def]
    """Four nodes at a time, for then a row of the result is read and written once for four products."""
    clusters, width = S.shape[2], X.shape[2]
    S, X, result = S.reshape(-1, clusters), X.reshape(-1, width), result.reshape(-1, width)
    graphs = ptr.shape[1] - 1
    for seed in range(ptr.shape[0]):
        for graph in range(graphs):
            first = (seed * graphs + graph) * clusters
            row, stop = ptr[seed, graph], ptr[seed, graph + 1]
            while row + 4 <= stop:
                for cluster in range(clusters):
                    a, b, c, d = S[row, cluster], S[row + 1, cluster], S[row + 2, cluster], S[row + 3, cluster]
                    for column in range(width):
                        result[first + cluster, column] += (a * X[row, column] + b * X[row + 1, column]) + (
                            c * X[row + 2, column] + d * X[row + 3, column]
                        )
                row += 4
            while row < stop:
                for cluster in range(clusters):
                    for column in range(width):
                        result[first + cluster, column] += S[row, cluster] * X[row, column]
                row += 1


@numba.njit(cache=True, nogil=True, fastmath={"contract"})
def spread_rows(S, Y, ptr, result):  # type: ignore[no-untyped-def]
    """Four clusters at a time."""
    clusters, width = S.shape[2], Y.shape[2]
    S, Y, result = S.reshape(-1, clusters), Y.reshape(-1, width), result.reshape(-1, width)
    graphs = ptr.shape[1] - 1
    for seed in range(ptr.shape[0]):
        for graph in range(graphs):
            first = (seed * graphs + graph) * clusters
            for row in range(ptr[seed, graph], ptr[seed, graph + 1]):
                cluster = 0
                while cluster + 4 <= clusters:
                    a, b, c, d = S[row, cluster], S[row, cluster + 1], S[row, cluster + 2], S[row, cluster + 3]
                    of = first + cluster
                    for column in range(width):
                        result[row, column] += (a * Y[of, column] + b * Y[of + 1, column]) + (
                            c * Y[of + 2, column] + d * Y[of + 3, column]
                        )
                    cluster += 4
                while cluster < clusters:
                    for column in range(width):
                        result[row, column] += S[row, cluster] * Y[first + cluster, column]
                    cluster += 1


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _gram_norm(S, ptr, norm, product):  # type: ignore[no-untyped-def]
    """||S^T S||^2 of each graph, and S S^T S, whose fourfold is its gradient; by the smaller Gram matrix."""
    clusters = S.shape[2]
    S, product = S.reshape(-1, clusters), product.reshape(-1, clusters)
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            start, stop = ptr[seed, graph], ptr[seed, graph + 1]
            nodes = stop - start
            total = np.float32(0)
            if nodes < clusters:
                for i in range(start, stop):
                    for j in range(start, stop):
                        entry = np.float32(0)
                        for cluster in range(clusters):
                            entry += S[i, cluster] * S[j, cluster]
                        total += entry * entry
                        for cluster in range(clusters):
                            product[i, cluster] += entry * S[j, cluster]
            else:
                gram = np.zeros((clusters, clusters), np.float32)
                for i in range(start, stop):
                    for left in range(clusters):
                        share = S[i, left]
                        for right in range(clusters):
                            gram[left, right] += share * S[i, right]
                for left in range(clusters):
                    for right in range(clusters):
                        total += gram[left, right] * gram[left, right]
                for i in range(start, stop):
                    for left in range(clusters):
                        share = S[i, left]
                        for right in range(clusters):
                            product[i, right] += share * gram[left, right]
            norm[seed, graph] = total


@numba.njit(cache=True, nogil=True)
def _scale_rows(X, ptr, factors, result):  # type: ignore[no-untyped-def]
    """The rows of each graph times its factor."""
    X, result = X.reshape(-1, X.shape[2]), result.reshape(-1, X.shape[2])
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            for row in range(ptr[seed, graph], ptr[seed, graph + 1]):
                result[row] = X[row] * factors[seed, graph]


@numba.njit(cache=True, nogil=True)
def _slots(ptr, rows):  # type: ignore[no-untyped-def]
    """Of each row its slot among padded graphs, and of each slot its row (the last row of its seed where none is)."""
    seeds, graphs = ptr.shape[0], ptr.shape[1] - 1
    most = 1
    for seed in range(seeds):
        for graph in range(graphs):
            most = max(most, ptr[seed, graph + 1] - ptr[seed, graph])
    slot = np.zeros(seeds * rows, np.int64)
    row_of = np.empty(seeds * graphs * most, np.int64)
    for seed in range(seeds):
        for graph in range(graphs):
            first = (seed * graphs + graph) * most
            row_of[first : first + most] = (seed + 1) * rows - 1
            for row in range(ptr[seed, graph], ptr[seed, graph + 1]):
                slot[row] = first + row - ptr[seed, graph]
                row_of[slot[row]] = row
    return slot, row_of
