"""Sums of a table's rows, by which categories of atoms and bonds are encoded."""

import numba
import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

from repool.models.kernels.dispatch import arrays_of, dispatch


def table_sums(tables: Tensor, rows: Tensor) -> Tensor:
    """Sum of some rows of each seed's table for each entity, [seeds, entities, width].

    Args:
        tables: [seeds, size, width].
        rows: int32 [seeds, entities, rows of an entity].
    """
    sums: Tensor = dispatch(_TableSums, table_sums_reference, tables, rows)
    return sums


def table_sums_reference(tables: Tensor, rows: Tensor) -> Tensor:
    """The same in torch operations."""
    seeds, size, width = tables.shape
    shifted = rows + size * torch.arange(seeds, dtype=rows.dtype, device=rows.device).view(-1, 1, 1)
    sums: Tensor = embedding_bag(shifted.flatten(0, 1), tables.reshape(-1, width), mode="sum")
    return sums.view(seeds, -1, width)


class _TableSums(torch.autograd.Function):
    """The gradient's sums run in the order of the entities, whatever the other seeds of the block have."""

    @staticmethod
    def forward(ctx, tables, rows):  # type: ignore[no-untyped-def]
        ctx.shape, ctx.rows = tables.shape, rows
        sums = tables.new_zeros(rows.size(0), rows.size(1), tables.size(2))
        _sums(*arrays_of(tables, rows, sums))  # type: ignore[call-arg]
        return sums

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        result = gradient.new_zeros(ctx.shape)
        _sums_backward(*arrays_of(gradient, ctx.rows, result))  # type: ignore[call-arg]
        return result, None


@numba.njit(cache=True, nogil=True)
def _sums(tables, rows, sums):  # type: ignore[no-untyped-def]
    for seed in range(rows.shape[0]):
        for entity in range(rows.shape[1]):
            for row in rows[seed, entity]:
                for column in range(tables.shape[2]):
                    sums[seed, entity, column] += tables[seed, row, column]


@numba.njit(cache=True, nogil=True)
def _sums_backward(gradient, rows, result):  # type: ignore[no-untyped-def]
    for seed in range(rows.shape[0]):
        for entity in range(rows.shape[1]):
            for row in rows[seed, entity]:
                for column in range(result.shape[2]):
                    result[seed, row, column] += gradient[seed, entity, column]
