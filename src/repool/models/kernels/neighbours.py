"""Sums and means over neighbours, A being a 0/1 matrix in compressed rows."""

from dataclasses import dataclass, field

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.graphs import Graphs
from repool.models.kernels.dispatch import arrays_of, dispatch, numbers, to_device


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
    _shares: dict[bool, np.ndarray] = field(default_factory=dict)

    def shares(self, itself: bool) -> np.ndarray:
        """1 / max(A 1, 1) of every row, with the diagonal of A set to 1 (`itself`) or as it is."""
        if itself not in self._shares:
            self._shares[itself] = _shares(self.rows.ptr, itself)  # type: ignore[call-arg]
        return self._shares[itself]


def neighbour_sums(X: Tensor, A: Sparse) -> Tensor:
    """A X, [seeds, rows, width], of X [seeds, rows, width]; the same bags of rows on every device."""
    sums: Tensor = _Sum.apply(X, A)  # type: ignore[no-untyped-call]
    return sums


def neighbour_sums_reference(X: Tensor, A: Sparse) -> Tensor:
    """The same by the arcs, one by one."""
    targets = np.repeat(np.arange(A.rows.ptr.size - 1), np.diff(A.rows.ptr))
    source, target = (to_device(index, X.device) for index in (A.rows.idx, targets))
    flat = X.flatten(0, 1)
    return torch.zeros_like(flat).index_add(0, target, flat.index_select(0, source)).view_as(X)


class _Sum(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, A):  # type: ignore[no-untyped-def]
        ctx.A = A
        return A.rows.product(X)

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        return ctx.A.transposed.product(gradient), None


def neighbour_means(X: Tensor, A: Sparse, itself: bool) -> Tensor:
    """The mean over each node's neighbours, the node itself among them or not; zero where there is nobody.

    That is (A X)_i / max(A 1, 1)_i, with the diagonal of A set to 1 (`itself`) or as it is; [seeds, rows, width].
    """
    means: Tensor = dispatch(_Mean, neighbour_means_reference, X, A, itself)
    return means


def neighbour_means_reference(X: Tensor, A: Sparse, itself: bool) -> Tensor:
    """The same in torch operations."""
    sums = neighbour_sums(X, A)
    share = numbers(A.shares(itself), X.device).view(X.size(0), -1, 1)
    return (sums + X if itself else sums) * share


class _Mean(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, A, itself):  # type: ignore[no-untyped-def]
        ctx.A, ctx.itself = A, itself
        return _weighted_sums(X, A.rows, itself, A.shares(itself), None)

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        A, itself = ctx.A, ctx.itself
        return _weighted_sums(gradient, A.transposed, itself, None, A.shares(itself)), None, None


def _weighted_sums(X: Tensor, rows: Rows, itself: bool, outer: np.ndarray | None, inner: np.ndarray | None) -> Tensor:
    """outer_i (sum over j of inner_j X_j), by the compiled loop; without a weight, 1."""
    (array,) = arrays_of(X)
    ones = np.ones(X.size(0) * X.size(1), array.dtype)
    weights = (ones if weight is None else weight.astype(array.dtype) for weight in (outer, inner))
    result = torch.empty_like(X, memory_format=torch.contiguous_format)
    _sums(array, rows.ptr, rows.idx, itself, *weights, result.numpy())  # type: ignore[call-arg]
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
