"""The convolution of equation 1 as one node of autograd's graph instead of seven.

At the paper's sizes a step is mostly the cost of calling operations.
"""

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.kernels.dispatch import arrays_of, dispatch
from repool.models.kernels.linear import gradients, linear_reference, product
from repool.models.kernels.neighbours import Sparse, neighbour_sums


def graph_convolution(X: Tensor, W: Tensor, b: Tensor, A: Sparse, rows: np.ndarray) -> Tensor:
    """ReLU([X, A X] W + b), [seeds, rows, outputs]; zero on padding.

    Args:
        X: [seeds, rows, inputs].
        W: [seeds, 2 x inputs, outputs].
        b: [seeds, 1, outputs].
        A: over the same rows.
        rows: how many rows of each seed are nodes, int64 [seeds].
    """
    Z: Tensor = dispatch(_Convolution, graph_convolution_reference, X, W, b, A, rows)
    return Z


def graph_convolution_reference(X: Tensor, W: Tensor, b: Tensor, A: Sparse, rows: np.ndarray) -> Tensor:
    """The same in torch operations."""
    return linear_reference(torch.cat([X, neighbour_sums(X, A)], dim=2), W, b, rows, activated=True)


class _Convolution(torch.autograd.Function):
    """With G = dZ where Z > 0,

    dW = [X, A X]^T G, db = 1^T G, dX = G W1^T + A^T G W2^T.
    """

    @staticmethod
    def forward(ctx, X, W, b, A, rows):  # type: ignore[no-untyped-def]
        with_sums = _beside_sums(X, A)
        Z = product(with_sums, W, b, rows, activated=True)
        ctx.A, ctx.rows = A, rows
        ctx.save_for_backward(with_sums, W, Z)
        return Z

    @staticmethod
    def backward(ctx, dZ):  # type: ignore[no-untyped-def]
        with_sums, W, Z = ctx.saved_tensors
        beside, dW, db = gradients(with_sums, W, dZ, ctx.rows, ctx.needs_input_grad[0], activated=Z)
        return None if beside is None else _gradient_beside_sums(beside, ctx.A), dW, db, None, None


def _beside_sums(X: Tensor, A: Sparse) -> Tensor:
    """[X, A X], [seeds, rows, 2 x width]."""
    result = X.new_empty(X.size(0), X.size(1), 2 * X.size(2))
    _sums(*arrays_of(X), A.rows.ptr, A.rows.idx, result.numpy())  # type: ignore[call-arg]
    return result


def _gradient_beside_sums(gradient: Tensor, A: Sparse) -> Tensor:
    """The gradient of X for that of [X, A X]: its left half plus A^T times its right half."""
    width = gradient.size(2) // 2
    result = gradient.new_empty(gradient.size(0), gradient.size(1), width)
    _gradient(*arrays_of(gradient), A.transposed.ptr, A.transposed.idx, result.numpy())  # type: ignore[call-arg]
    return result


@numba.njit(cache=True, nogil=True)
def _sums(X, ptr, idx, result):  # type: ignore[no-untyped-def]
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
def _gradient(gradient, ptr, idx, result):  # type: ignore[no-untyped-def]
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
