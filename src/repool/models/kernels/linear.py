"""X W + b of each seed by itself: what a seed computes does not depend on the block that it is in.

A product of all seeds at once runs over padding, whose number of rows is the block's, and BLAS sums in an order that
follows from that number. Here each seed's own rows go to BLAS, forward and backward; a step takes about a tenth longer.
"""

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.kernels.dispatch import arrays_of, dispatch


def linear(X: Tensor, W: Tensor, b: Tensor, rows: np.ndarray) -> Tensor:
    """X W + b, [seeds, rows, outputs]; zero on padding.

    Args:
        X: [seeds, rows, inputs].
        W: [seeds, inputs, outputs].
        b: [seeds, 1, outputs].
        rows: how many rows of each seed count, the first ones, int64 [seeds].
    """
    Z: Tensor = dispatch(_Linear, linear_reference, X, W, b, rows)
    return Z


def linear_reference(X: Tensor, W: Tensor, b: Tensor, rows: np.ndarray) -> Tensor:
    """The same in torch operations."""
    stop = torch.from_numpy(rows).to(X.device, non_blocking=True).view(-1, 1, 1)
    inside = torch.arange(X.size(1), device=X.device).view(1, -1, 1) < stop
    return torch.baddbmm(b, X, W) * inside


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, W, b, rows):  # type: ignore[no-untyped-def]
        ctx.rows = rows
        ctx.save_for_backward(X, W)
        return product(X, W, b, rows)

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        X, W = ctx.saved_tensors
        return *gradients(X, W, gradient, ctx.rows, ctx.needs_input_grad[0]), None


def product(X: Tensor, W: Tensor, b: Tensor, rows: np.ndarray) -> Tensor:
    """X W + b, compiled; not differentiated."""
    Z = X.new_empty(X.size(0), X.size(1), W.size(2))
    _product(*arrays_of(X, W, b), rows, Z.numpy())  # type: ignore[call-arg]
    return Z


def gradients(
    X: Tensor, W: Tensor, G: Tensor, rows: np.ndarray, of_inputs: bool
) -> tuple[Tensor | None, Tensor, Tensor]:
    """G W^T (or None where nobody asks for it), X^T G and 1^T G for the gradient G of X W + b, compiled."""
    dX = torch.empty_like(X, memory_format=torch.contiguous_format) if of_inputs else X.new_empty(0, 0, 0)
    dW, db = W.new_empty(W.shape), W.new_empty(W.size(0), 1, W.size(2))
    arrays = [tensor.numpy() for tensor in (dX, dW, db)]
    _gradients(*arrays_of(X, W, G), rows, *arrays, of_inputs)  # type: ignore[call-arg]
    return dX if of_inputs else None, dW, db


@numba.njit(cache=True, nogil=True)
def _product(X, W, b, rows, Z):  # type: ignore[no-untyped-def]
    for seed in range(X.shape[0]):
        stop = rows[seed]
        np.dot(X[seed, :stop], W[seed], Z[seed, :stop])
        for row in range(stop):
            for column in range(Z.shape[2]):
                Z[seed, row, column] += b[seed, 0, column]
        Z[seed, stop:] = 0


@numba.njit(cache=True, nogil=True)
def _gradients(X, W, G, rows, dX, dW, db, of_inputs):  # type: ignore[no-untyped-def]
    for seed in range(X.shape[0]):
        stop = rows[seed]
        if of_inputs:
            np.dot(G[seed, :stop], W[seed].T, dX[seed, :stop])
            dX[seed, stop:] = 0
        np.dot(X[seed, :stop].T, G[seed, :stop], dW[seed])
        sums = db[seed, 0]
        sums[:] = 0
        for row in range(stop):
            added = G[seed, row]
            for column in range(sums.size):
                sums[column] += added[column]
