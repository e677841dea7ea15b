"""Select of graph memory networks: nodes go to keys by similarity, or, in DISTANCE, by dissimilarity (equation 7).

Called with queries Q [seeds, rows, width] and their level, a part gives S [seeds, rows, keys].
"""

import numpy as np
from torch import Tensor, nn

from repool.models.kernels.dispatch import numbers
from repool.models.kernels.memory_assignment import memory_assignment
from repool.models.layers.linear import uniform_weights
from repool.models.levels import Level

# DISTANCE draws its keys uniformly from [0, 10).
DISTANCE_SCALE = 10


class Memory(nn.Module):
    """Multi-head keys K and the 1x1 convolution that merges the heads; skipped for one head.

    Args:
        heads, keys: how many, in each head.
        initialisation: stream of each seed.
    """

    K: Tensor

    def __init__(self, heads: int, keys: int, initialisation: list[np.random.Generator]):
        super().__init__()
        self.heads, self.keys = heads, keys
        self.merge = uniform_weights((heads, 1), heads, initialisation) if heads > 1 else None

    def assignment(self, Q: Tensor, level: Level, by_distance: bool) -> Tensor:
        """S [seeds, rows, keys] from Q [seeds, rows, width]."""
        return memory_assignment(Q, self.K, self.merge, level.ranges, by_distance)


class Kernel(Memory):
    """Student's t-kernel with one degree of freedom, normalised over the keys of a head (equation 7).

    Keys begin uniform in [0, 1). Where they are `frozen` they stay there, as in the released code.
    """

    def __init__(
        self,
        width: int,
        heads: int,
        keys: int,
        initialisation: list[np.random.Generator],
        assignment: list[np.random.Generator],
        frozen: bool,
    ):
        super().__init__(heads, keys, initialisation)
        K = uniform_keys(heads * keys, width, assignment)
        if frozen:
            self.register_buffer("K", K)
        else:
            self.K = nn.Parameter(K)

    def forward(self, Q: Tensor, level: Level) -> Tensor:
        """S [seeds, rows, keys] from Q [seeds, rows, width]."""
        return self.assignment(Q, level, by_distance=False)


class Distance(Memory):
    """DISTANCE: the Euclidean distance itself from fixed keys, so that nodes go to the farthest ones (case 3)."""

    def __init__(
        self,
        width: int,
        heads: int,
        keys: int,
        initialisation: list[np.random.Generator],
        assignment: list[np.random.Generator],
    ):
        super().__init__(heads, keys, initialisation)
        self.register_buffer("K", DISTANCE_SCALE * uniform_keys(heads * keys, width, assignment))

    def forward(self, Q: Tensor, level: Level) -> Tensor:
        """S [seeds, rows, keys] from Q [seeds, rows, width]."""
        return self.assignment(Q, level, by_distance=True)


def uniform_keys(keys: int, width: int, streams: list[np.random.Generator]) -> Tensor:
    """Keys uniform in [0, 1) from each seed's own stream, [seeds, keys, width]."""
    return numbers(np.stack([stream.uniform(0, 1, (keys, width)) for stream in streams]))
