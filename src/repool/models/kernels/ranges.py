"""Which rows each graph of a batch owns, and what kernels need of it again and again."""

from functools import cached_property

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.kernels.dispatch import numbers, to_device


class Ranges:
    """The rows of each graph of a level: consecutive, and those of a seed too; what is left is padding.

    Args:
        ptr: first row of each graph in the block, int32 [seeds, graphs + 1].
        rows: rows of each seed.
        device: where its tensors are.
    """

    def __init__(self, ptr: np.ndarray, rows: int, device: torch.device):
        self.ptr, self.rows, self.device = ptr, rows, device
        self.seeds, self.graphs = ptr.shape[0], ptr.shape[1] - 1

    @cached_property
    def inside(self) -> Tensor:
        """1 on nodes and 0 on padding, [seeds, rows, 1]."""
        return numbers(_inside(self.ptr, self.rows), self.device)

    def padded(self, X: Tensor) -> Tensor:
        """Rows of each graph, [seeds x graphs, most nodes, width], with a row of padding beyond a graph's end."""
        flat = X.reshape(-1, X.size(2))
        slots = flat if self._even else flat.index_select(0, self._slots[1])
        return slots.view(self.seeds * self.graphs, -1, X.size(2))

    def unpadded(self, X: Tensor) -> Tensor:
        """[seeds, rows, width] of what `padded` gave; padding rows get the values of some node."""
        flat = X.reshape(-1, X.size(2))
        rows = flat if self._even else flat.index_select(0, self._slots[0])
        return rows.view(self.seeds, self.rows, X.size(2))

    @cached_property
    def _even(self) -> bool:
        """Whether all graphs have as many rows and none is padding, as clusters do."""
        return bool((np.diff(self.ptr) * self.graphs == self.rows).all())

    @cached_property
    def _slots(self) -> tuple[Tensor, Tensor]:
        slot, row = _slots(self.ptr, self.rows)
        return to_device(slot, self.device), to_device(row, self.device)


@numba.njit(cache=True, nogil=True)
def _inside(ptr, rows):  # type: ignore[no-untyped-def]
    inside = np.zeros((ptr.shape[0], rows, 1), np.bool_)
    for seed in range(ptr.shape[0]):
        inside[seed, ptr[seed, 0] - seed * rows : ptr[seed, -1] - seed * rows] = True
    return inside


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
