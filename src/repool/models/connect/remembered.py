"""S^T A S of each graph; where an assignment is fixed it is always the same, and made when a graph is first seen."""

import math

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.kernels.dispatch import to_device
from repool.models.levels import Connected
from repool.models.select.assignment import Fixed

# Of all seeds of a block together; matrices of datasets that would need more are made in every step.
MOST_BYTES = 2**29


class Couplings:
    """S^T A S of the level that a part assigns, remembered if that part is `Fixed`.

    When a seed leaves the block, or with another dataset, everything is forgotten, and made again as graphs come by.
    """

    def __init__(self, select: nn.Module) -> None:
        self._fixed = isinstance(select, Fixed)
        self._dataset: np.ndarray | None = None
        self._table = torch.empty(0, 0, 0)
        self._known = np.zeros((0, 0), bool)

    def __call__(self, level: Connected, S: Tensor) -> Tensor:
        """S^T A S of each graph, [seeds, graphs x clusters, clusters], for S [seeds, rows, clusters]."""
        clusters = S.size(2)
        if not self._fixed or level.chosen is None or level.dataset is None:
            return level.pool(S, level.sum(S))
        graphs, size = level.dataset.size - 1, clusters**2
        shape = (level.seeds, graphs, size)
        if 4 * math.prod(shape) > MOST_BYTES:
            return level.pool(S, level.sum(S))
        if self._table.shape != shape or level.dataset is not self._dataset:
            self._dataset = level.dataset
            self._table = S.new_empty(shape)
            self._known = np.zeros(shape[:2], bool)
        seed = np.arange(level.seeds)[:, None]
        places = to_device((level.chosen + seed * graphs).ravel(), self._table.device)
        if not self._known[seed, level.chosen].all():
            made = level.pool(S, level.sum(S))
            self._table.view(-1, size).index_copy_(0, places, made.view(-1, size))
            self._known[seed, level.chosen] = True
            return made
        return self._table.view(-1, size).index_select(0, places).view(level.seeds, -1, clusters)
