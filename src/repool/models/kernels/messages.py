"""Messages along bonds, which the first convolution on molecules sends."""

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.kernels.dispatch import arrays_of, dispatch, to_device
from repool.models.kernels.neighbours import Sparse


def messages(h: Tensor, kinds: Tensor, A: Sparse) -> Tensor:
    """Sum over neighbours j of ReLU(h_j + b_ij), [seeds, rows, width].

    Args:
        h: [seeds, rows, width].
        kinds: encoded bonds of every kind, [seeds, kinds, width].
        A: adjacency whose entries have kinds of bonds.
    """
    sums: Tensor = dispatch(_Messages, messages_reference, h, kinds, A)
    return sums


def messages_reference(h: Tensor, kinds: Tensor, A: Sparse) -> Tensor:
    """The same in torch operations."""
    assert A.bonds is not None
    rows = np.repeat(np.arange(A.rows.ptr.size - 1), np.diff(A.rows.ptr))
    bonds = A.bonds + rows // h.size(1) * kinds.size(1)
    source, target, bond = (to_device(index, h.device) for index in (A.rows.idx, rows, bonds))
    sent = h.flatten(0, 1).index_select(0, source) + kinds.flatten(0, 1).index_select(0, bond)
    return torch.zeros_like(h).flatten(0, 1).index_add(0, target, sent.relu()).view_as(h)


class _Messages(torch.autograd.Function):
    @staticmethod
    def forward(ctx, h, kinds, A):  # type: ignore[no-untyped-def]
        ctx.A, (ctx.h, ctx.kinds) = A, arrays_of(h, kinds)
        sums = torch.zeros_like(h, memory_format=torch.contiguous_format)
        _send(ctx.h, ctx.kinds, A.rows.ptr, A.rows.idx, A.bonds, sums.numpy())  # type: ignore[call-arg]
        return sums

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        dh, dkinds = gradient.new_zeros(ctx.h.shape), gradient.new_zeros(ctx.kinds.shape)
        arrays = (ctx.A.rows.ptr, ctx.A.rows.idx, ctx.A.bonds, *arrays_of(gradient, dh, dkinds))
        _send_backward(ctx.h, ctx.kinds, *arrays)  # type: ignore[call-arg]
        return dh, dkinds, None


@numba.njit(cache=True, nogil=True)
def _send(h, kinds, ptr, idx, bonds, sums):  # type: ignore[no-untyped-def]
    seeds, rows, width = h.shape
    nodes = h.reshape(-1, width)
    for seed in range(seeds):
        for row in range(rows):
            at = seed * rows + row
            for edge in range(ptr[at], ptr[at + 1]):
                for column in range(width):
                    value = nodes[idx[edge], column] + kinds[seed, bonds[edge], column]
                    sums[seed, row, column] += max(value, h.dtype.type(0))


@numba.njit(cache=True, nogil=True)
def _send_backward(h, kinds, ptr, idx, bonds, gradient, dh, dkinds):  # type: ignore[no-untyped-def]
    seeds, rows, width = h.shape
    nodes, dnodes = h.reshape(-1, width), dh.reshape(-1, width)
    for seed in range(seeds):
        for row in range(rows):
            at = seed * rows + row
            for edge in range(ptr[at], ptr[at + 1]):
                for column in range(width):
                    value = nodes[idx[edge], column] + kinds[seed, bonds[edge], column]
                    passed = gradient[seed, row, column] if value > 0 else h.dtype.type(0)
                    dnodes[idx[edge], column] += passed
                    dkinds[seed, bonds[edge], column] += passed
