"""Select: soft assignments S of nodes to clusters, rows summing to 1 on nodes and to 0 on padding.

Each is a part that a network is given, so a new pooling is one new part and its randomised twin the same network with
another one. Called with X [seeds, rows, width] and its level, a part gives S [seeds, rows, clusters].
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.levels import Connected, Level
from repool.models.select.remembered import Remembered
from repool.models.softmax import softmax
from repool.models.sparse import numbers

Draw = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]

# Equation 6, with the parameters of figure 2.
DRAWS: dict[str, Draw] = {
    "uniform": lambda stream, shape: stream.uniform(0, 1, shape),
    "normal": lambda stream, shape: stream.normal(0, 1, shape),
    "bernoulli": lambda stream, shape: stream.binomial(1, 0.3, shape),
}


def drawn(draw: Draw, shape: tuple[int, int], streams: list[np.random.Generator]) -> Tensor:
    """Each seed's matrix from its own stream, [seeds, *shape]."""
    return numbers(np.stack([draw(stream, shape) for stream in streams]))


class Learned(nn.Module):
    """S = softmax(GNN(A, X)) (equation 4)."""

    def __init__(self, gnn: nn.Module):
        super().__init__()
        self.gnn = gnn

    def forward(self, X: Tensor, level: Level) -> Tensor:
        """S [seeds, rows, clusters] from X [seeds, rows, width]."""
        return softmax(self.gnn(X, level), level)


class Fixed(nn.Module):
    """S = softmax(R), R drawn once before training; node i of every graph takes row i (equation 6).

    So S^T A S of a graph is always the same, and `connected` remembers it.

    Args:
        draw: one of `DRAWS`.
        nodes: nodes of the largest graph.
        clusters: columns of R.
        streams: assignment stream of each seed.
    """

    S: Tensor

    def __init__(self, draw: Draw, nodes: int, clusters: int, streams: list[np.random.Generator]):
        super().__init__()
        S = drawn(draw, (nodes, clusters), streams).softmax(dim=2)
        self.register_buffer("S", torch.cat([S, torch.zeros_like(S[:, :1])], dim=1))
        self.couplings = Remembered()

    def forward(self, X: Tensor, level: Level) -> Tensor:
        """S [seeds, rows, clusters]; of X nothing is read."""
        del X
        return level.rows_of(self.S)


class Invariant(nn.Module):
    """S = softmax(X R), R drawn once before training: the permutation invariant variant of remark 1.

    No gradient flows through S, as through the other random assignments.
    """

    R: Tensor

    def __init__(self, draw: Draw, width: int, clusters: int, streams: list[np.random.Generator]):
        super().__init__()
        self.register_buffer("R", drawn(draw, (width, clusters), streams))

    def forward(self, X: Tensor, level: Level) -> Tensor:
        """S [seeds, rows, clusters] from X [seeds, rows, width]."""
        return softmax(torch.bmm(X.detach(), self.R), level)


def connected(select: nn.Module, level: Connected, S: Tensor) -> Tensor:
    """S^T A S of each graph, [seeds, graphs x clusters, clusters], for S [seeds, rows, clusters] that `select` gave."""
    clusters = S.size(2)
    if not isinstance(select, Fixed):
        return level.pool(S, level.sum(S))
    made = select.couplings.recall(
        level, clusters**2, lambda: level.pool(S, level.sum(S)).view(-1, clusters * clusters)
    )
    return made.view(level.seeds, -1, clusters)
