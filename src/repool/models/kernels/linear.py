"""X W + b of each seed by itself: what a seed computes does not depend on the block that it is in.

A product of all seeds at once runs over padding, whose number of rows is the block's, and BLAS sums in an order that
follows from that number. Here each seed's own rows go to BLAS, forward and backward, which takes about as long.
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
        dX = of_inputs(gradient, W, ctx.rows) if ctx.needs_input_grad[0] else None
        return dX, *of_weights(X, gradient, ctx.rows), None


def product(X: Tensor, W: Tensor, b: Tensor, rows: np.ndarray) -> Tensor:
    """X W + b, compiled; not differentiated."""
    Z = X.new_empty(X.size(0), X.size(1), W.size(2))
    _product(*arrays_of(X, W, b), rows, Z.numpy())  # type: ignore[call-arg]
    return Z


def of_inputs(gradient: Tensor, W: Tensor, rows: np.ndarray) -> Tensor:
    """G W^T, compiled."""
    dX = gradient.new_empty(gradient.size(0), gradient.size(1), W.size(1))
    _of_inputs(*arrays_of(gradient, W), rows, dX.numpy())  # type: ignore[call-arg]
    return dX


def of_weights(X: Tensor, gradient: Tensor, rows: np.ndarray) -> tuple[Tensor, Tensor]:
    """X^T G and 1^T G, compiled."""
    dW, db = X.new_empty(X.size(0), X.size(2), gradient.size(2)), X.new_empty(X.size(0), 1, gradient.size(2))
    _of_weights(*arrays_of(X, gradient), rows, dW.numpy(), db.numpy())  # type: ignore[call-arg]
    return dW, db


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
def _of_inputs(gradient, W, rows, dX):  # type: ignore[no-untyped-def]
    for seed in range(gradient.shape[0]):
        stop = rows[seed]
        np.dot(gradient[seed, :stop], W[seed].T, dX[seed, :stop])
        dX[seed, stop:] = 0


@numba.njit(cache=True, nogil=True)
def _of_weights(X, gradient, rows, dW, db):  # type: ignore[no-untyped-def]
    for seed in range(X.shape[0]):
        stop = rows[seed]
        np.dot(X[seed, :stop].T, gradient[seed, :stop], dW[seed])
        db[seed] = 0
        for row in range(stop):
            for column in range(db.shape[2]):
                db[seed, 0, column] += gradient[seed, row, column]
