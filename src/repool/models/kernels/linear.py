"""X W + b of each seed by itself: what a seed computes does not depend on the block that it is in.

A product of all seeds at once runs over padding, whose number of rows is the block's, and BLAS sums in an order that
follows from that number. Here each seed's own rows go to BLAS, forward and backward; a step takes about a tenth longer.
"""

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.kernels.dispatch import arrays_of, dispatch


def linear(X: Tensor, W: Tensor, b: Tensor, rows: np.ndarray, activated: bool = False) -> Tensor:
    """X W + b or its ReLU (`activated`), [seeds, rows, outputs]; zero on padding.

    Args:
        X: [seeds, rows, inputs].
        W: [seeds, inputs, outputs].
        b: [seeds, 1, outputs].
        rows: how many rows of each seed count, the first ones, int64 [seeds].
    """
    Z: Tensor = dispatch(_Linear, linear_reference, X, W, b, rows, activated)
    return Z


def linear_reference(X: Tensor, W: Tensor, b: Tensor, rows: np.ndarray, activated: bool = False) -> Tensor:
    """The same in torch operations."""
    stop = torch.from_numpy(rows).to(X.device, non_blocking=True).view(-1, 1, 1)
    inside = torch.arange(X.size(1), device=X.device).view(1, -1, 1) < stop
    Z = torch.baddbmm(b, X, W) * inside
    return Z.relu() if activated else Z


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, W, b, rows, activated):  # type: ignore[no-untyped-def]
        Z = product(X, W, b, rows, activated)
        ctx.rows = rows
        ctx.save_for_backward(X, W, Z if activated else None)
        return Z

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        X, W, activated = ctx.saved_tensors
        return *gradients(X, W, gradient, ctx.rows, ctx.needs_input_grad[0], activated), None, None


def product(X: Tensor, W: Tensor, b: Tensor, rows: np.ndarray, activated: bool) -> Tensor:
    """X W + b or its ReLU (`activated`), compiled; not differentiated."""
    Z = X.new_empty(X.size(0), X.size(1), W.size(2))
    _product(*arrays_of(X, W, b), rows, activated, Z.numpy())  # type: ignore[call-arg]
    return Z


def gradients(
    X: Tensor, W: Tensor, G: Tensor, rows: np.ndarray, of_inputs: bool, activated: Tensor | None
) -> tuple[Tensor | None, Tensor, Tensor]:
    """G W^T (or None where nobody asks for it), X^T G and 1^T G for the gradient G of X W + b, compiled.

    Where that was `activated`, its ReLU, G is what arrives where the ReLU is not zero.
    """
    dX = torch.empty_like(X, memory_format=torch.contiguous_format) if of_inputs else X.new_empty(0, 0, 0)
    dW, db = W.new_empty(W.shape), W.new_empty(W.size(0), 1, W.size(2))
    arrays = arrays_of(X, W, G, G if activated is None else activated, dX, dW, db)
    _gradients(*arrays, rows, of_inputs, activated is not None)  # type: ignore[call-arg]
    return dX if of_inputs else None, dW, db


@numba.njit(cache=True, nogil=True)
def _product(X, W, b, rows, activated, Z):  # type: ignore[no-untyped-def]
    zero = Z.dtype.type(0)
    for seed in range(X.shape[0]):
        stop = rows[seed]
        np.dot(X[seed, :stop], W[seed], Z[seed, :stop])
        for row in range(stop):
            for column in range(Z.shape[2]):
                z = Z[seed, row, column] + b[seed, 0, column]
                Z[seed, row, column] = zero if activated and z < zero else z
        Z[seed, stop:] = 0


@numba.njit(cache=True, nogil=True)
def _gradients(X, W, gradient, Z, dX, dW, db, rows, of_inputs, activated):  # type: ignore[no-untyped-def]
    passed = np.empty(gradient.shape[1:] if activated else (0, 0), gradient.dtype)
    for seed in range(X.shape[0]):
        stop = rows[seed]
        G = gradient[seed, :stop]
        if activated:
            _pass_where_positive(G, Z[seed, :stop], passed[:stop])
            G = passed[:stop]
        if of_inputs:
            np.dot(G, W[seed].T, dX[seed, :stop])
            dX[seed, stop:] = 0
        np.dot(X[seed, :stop].T, G, dW[seed])
        sums = db[seed, 0]
        sums[:] = 0
        for row in range(stop):
            added = G[row]
            for column in range(sums.size):
                sums[column] += added[column]


@numba.njit(cache=True, nogil=True)
def _pass_where_positive(G, Z, passed):  # type: ignore[no-untyped-def]
    zero = G.dtype.type(0)
    for row in range(len(G)):
        for column in range(G.shape[1]):
            passed[row, column] = zero if Z[row, column] <= zero else G[row, column]
