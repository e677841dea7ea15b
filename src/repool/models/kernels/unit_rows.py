"""Rows scaled to unit length, as GraphSAGE's convolutions end."""

import numba
import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from repool.models.kernels.dispatch import arrays_of, dispatch


def unit_rows(Z: Tensor) -> Tensor:
    """Rows of Z [seeds, rows, width] divided by their length, as `torch.nn.functional.normalize` does."""
    unit: Tensor = dispatch(_UnitRows, unit_rows_reference, Z)
    return unit


def unit_rows_reference(Z: Tensor) -> Tensor:
    """The same in torch operations."""
    return normalize(Z, dim=2)


class _UnitRows(torch.autograd.Function):
    """With length r and unit row y: dz = (g - y (y . g)) / r."""

    @staticmethod
    def forward(ctx, Z):  # type: ignore[no-untyped-def]
        Y, length = torch.empty_like(Z), Z.new_empty(Z.size(0), Z.size(1))
        _unit_rows(*arrays_of(Z), Y.numpy(), length.numpy())  # type: ignore[call-arg]
        ctx.save_for_backward(Y, length)
        return Y

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        Y, length = ctx.saved_tensors
        result = torch.empty_like(Y)
        _unit_rows_backward(*arrays_of(gradient, Y, length), result.numpy())  # type: ignore[call-arg]
        return result


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def _unit_rows(Z, Y, length):  # type: ignore[no-untyped-def]
    width = Z.shape[2]
    for seed in range(Z.shape[0]):
        for row in range(Z.shape[1]):
            squares = Z.dtype.type(0)
            for column in range(width):
                squares += Z[seed, row, column] * Z[seed, row, column]
            length[seed, row] = max(np.sqrt(squares), Z.dtype.type(1e-12))
            inverse = Y.dtype.type(1) / length[seed, row]
            for column in range(width):
                Y[seed, row, column] = Z[seed, row, column] * inverse


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def _unit_rows_backward(gradient, Y, length, result):  # type: ignore[no-untyped-def]
    width = Y.shape[2]
    for seed in range(Y.shape[0]):
        for row in range(Y.shape[1]):
            along = Y.dtype.type(0)
            for column in range(width):
                along += gradient[seed, row, column] * Y[seed, row, column]
            inverse = Y.dtype.type(1) / length[seed, row]
            for column in range(width):
                result[seed, row, column] = (gradient[seed, row, column] - along * Y[seed, row, column]) * inverse
