"""Softmax over the clusters of each row, which is how every learned assignment ends."""

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.kernels.dispatch import arrays_of, dispatch, is_compiled
from repool.models.kernels.inlined.products import clear_padding
from repool.models.kernels.ranges import Ranges

# Up to here torch's own takes up to four times as long as a plain loop; beyond, its vector instructions win.
FEW_CLUSTERS = 32


def softmax(logits: Tensor, ranges: Ranges) -> Tensor:
    """Rows of logits [seeds, rows, clusters] as shares that sum to 1 on nodes; 0 on padding."""
    if is_compiled(logits) and logits.size(2) > FEW_CLUSTERS:
        return softmax_reference(logits, ranges)
    shares: Tensor = dispatch(_Softmax, softmax_reference, logits, ranges)
    return shares


def softmax_reference(logits: Tensor, ranges: Ranges) -> Tensor:
    """The same in torch operations."""
    return logits.softmax(dim=2) * ranges.inside


class _Softmax(torch.autograd.Function):
    """dL = S (dS - sum of dS S)."""

    @staticmethod
    def forward(ctx, logits, ranges):  # type: ignore[no-untyped-def]
        S = logits.new_empty(logits.shape)
        _softmax(*arrays_of(logits), ranges.ptr, S.numpy())  # type: ignore[call-arg]
        ctx.ptr = ranges.ptr
        ctx.save_for_backward(S)
        return S

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        (S,) = ctx.saved_tensors
        result = torch.empty_like(S)
        _softmax_backward(*arrays_of(gradient, S), ctx.ptr, result.numpy())  # type: ignore[call-arg]
        return result, None


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def _softmax(logits, ptr, S):  # type: ignore[no-untyped-def]
    clusters = logits.shape[2]
    logits, S = logits.reshape(-1, clusters), S.reshape(-1, clusters)
    for seed in range(ptr.shape[0]):
        for row in range(ptr[seed, 0], ptr[seed, -1]):
            largest = logits[row, 0]
            for cluster in range(1, clusters):
                largest = max(largest, logits[row, cluster])
            total = S.dtype.type(0)
            for cluster in range(clusters):
                S[row, cluster] = np.exp(logits[row, cluster] - largest)
                total += S[row, cluster]
            inverse = S.dtype.type(1) / total
            for cluster in range(clusters):
                S[row, cluster] *= inverse
    clear_padding(ptr, S)


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _softmax_backward(gradient, S, ptr, result):  # type: ignore[no-untyped-def]
    clusters = S.shape[2]
    gradient, S, result = (
        gradient.reshape(-1, clusters),
        S.reshape(-1, clusters),
        result.reshape(-1, clusters),
    )
    for seed in range(ptr.shape[0]):
        for row in range(ptr[seed, 0], ptr[seed, -1]):
            along = S.dtype.type(0)
            for cluster in range(clusters):
                along += gradient[row, cluster] * S[row, cluster]
            for cluster in range(clusters):
                result[row, cluster] = S[row, cluster] * (gradient[row, cluster] - along)
    clear_padding(ptr, result)
