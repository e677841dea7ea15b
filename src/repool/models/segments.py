"""Products with soft assignments, graph by graph and without padding: S^T X, S Y and ||S^T S||^2.

The graphs of a level own consecutive rows. `pool` and `spread` are each other's gradient:

    X' = S^T X:  dS = X dX'^T,  dX = S dX'
    Z  = S Y:    dS = dZ Y^T,   dY = S^T dZ

On the CPU each graph's own rows go to BLAS, from a compiled loop. Elsewhere padded graphs are multiplied all at once.
"""

from functools import cached_property

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.inlined.products import cross_rows, pool_rows, spread_rows
from repool.models.sparse import to_device


class Segments:
    """The rows of each graph of a level.

    Args:
        ptr: first row of each graph in the block, int32 [seeds, graphs + 1].
        rows: rows of each seed.
        device: where its tensors are.
    """

    def __init__(self, ptr: np.ndarray, rows: int, device: torch.device):
        self.ptr, self.rows, self.device = ptr, rows, device
        self.seeds, self.graphs = ptr.shape[0], ptr.shape[1] - 1
        self.compiled = device.type == "cpu"

    def pool(self, S: Tensor, X: Tensor) -> Tensor:
        """S^T X of each graph, [seeds, graphs x clusters, width].

        Args:
            S: assignment, [seeds, rows, clusters], zero on padding.
            X: features, [seeds, rows, width].
        """
        if not self.compiled:
            return torch.bmm(self._padded(S).mT, self._padded(X)).view(self.seeds, -1, X.size(2))
        pooled: Tensor = _Pool.apply(S, X, self)  # type: ignore[no-untyped-call]
        return pooled

    def spread(self, S: Tensor, Y: Tensor) -> Tensor:
        """S Y of each graph, [seeds, rows, width].

        Args:
            S: assignment, [seeds, rows, clusters], zero on padding.
            Y: features of clusters, [seeds, graphs x clusters, width].
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

    @cached_property
    def _even(self) -> bool:
        """Whether all graphs have as many rows and none is padding, as clusters do."""
        return bool((np.diff(self.ptr) * self.graphs == self.rows).all())

    @cached_property
    def _slots(self) -> tuple[Tensor, Tensor]:
        slot, row = _slots(self.ptr, self.rows)
        return to_device(slot, self.device), to_device(row, self.device)

    def _padded(self, X: Tensor) -> Tensor:
        """Rows of each graph, [seeds x graphs, most nodes, width]; what stands beyond a graph's end is zero in S."""
        flat = X.reshape(-1, X.size(2))
        slots = flat if self._even else flat.index_select(0, self._slots[1])
        return slots.view(self.seeds * self.graphs, -1, X.size(2))

    def _unpadded(self, X: Tensor) -> Tensor:
        flat = X.reshape(-1, X.size(2))
        rows = flat if self._even else flat.index_select(0, self._slots[0])
        return rows.view(self.seeds, self.rows, X.size(2))


class _Pool(torch.autograd.Function):
    @staticmethod
    def forward(ctx, S, X, segments):  # type: ignore[no-untyped-def]
        ctx.segments = segments
        ctx.save_for_backward(S, X)
        return _pooled(S, X, segments)

    @staticmethod
    def backward(ctx, dX):  # type: ignore[no-untyped-def]
        (S, X), segments = ctx.saved_tensors, ctx.segments
        dS = _crossed(X, dX, segments) if ctx.needs_input_grad[0] else None
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
        dS = _crossed(dZ, Y, segments) if ctx.needs_input_grad[0] else None
        return dS, _pooled(S, dZ, segments) if ctx.needs_input_grad[1] else None, None


class _GramNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, S, segments):  # type: ignore[no-untyped-def]
        ctx.segments = segments
        norm, product = S.new_empty(segments.seeds, segments.graphs), torch.zeros_like(S)
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
    result = X.new_empty(segments.seeds, segments.graphs * S.size(2), X.size(2))
    pool_rows(_array(S), _array(X), segments.ptr, result.numpy())
    return result


def _spreaded(S: Tensor, Y: Tensor, segments: Segments) -> Tensor:
    result = Y.new_empty(segments.seeds, segments.rows, Y.size(2))
    spread_rows(_array(S), _array(Y), segments.ptr, result.numpy())
    return result


def _crossed(X: Tensor, Y: Tensor, segments: Segments) -> Tensor:
    """X Y^T of each graph, [seeds, rows, clusters]."""
    result = X.new_empty(segments.seeds, segments.rows, Y.size(1) // segments.graphs)
    cross_rows(_array(X), _array(Y), segments.ptr, result.numpy())
    return result


def _array(X: Tensor) -> np.ndarray:
    return X.detach().contiguous().numpy()


@numba.njit(cache=True, nogil=True)
def _gram_norm(S, ptr, norm, product):  # type: ignore[no-untyped-def]
    """||S^T S||^2 of each graph, and S S^T S, whose fourfold is its gradient; by the smaller Gram matrix."""
    clusters = S.shape[2]
    S, product = S.reshape(-1, clusters), product.reshape(-1, clusters)
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            start, stop = ptr[seed, graph], ptr[seed, graph + 1]
            own = S[start:stop]
            if stop - start < clusters:
                gram = np.dot(own, own.T)
                np.dot(gram, own, product[start:stop])
            else:
                gram = np.dot(own.T, own)
                np.dot(own, gram, product[start:stop])
            norm[seed, graph] = np.square(gram).sum()


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
