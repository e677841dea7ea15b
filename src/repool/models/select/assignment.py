"""Select: soft assignments S of nodes to clusters, rows summing to 1 on nodes and to 0 on padding.

Each is a part that a network is given, so a new pooling is one new part and its randomised twin the same network with
another one. Called with X [seeds, rows, width] and its level, a part gives S [seeds, rows, clusters].
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.kernels.dispatch import numbers
from repool.models.kernels.linear import linear
from repool.models.kernels.softmax import softmax
from repool.models.levels import Level
from repool.models.network import Streams

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
        return softmax(self.gnn(X, level), level.ranges)


class Fixed(nn.Module):
    """S = softmax(R), R drawn once before training; node i of every graph takes row i (equation 6).

    So S^T A S of a graph is always the same (`repool.models.connect.remembered`).

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
        nothing = self.R.new_zeros(len(X), 1, self.R.size(2))
        return softmax(linear(X.detach(), self.R, nothing, level.counts), level.ranges)


class Place(NamedTuple):
    """What a part is made from that gives S of a level.

    nodes: of the largest graph. width: of X. clusters: columns of S. streams: of each seed. gnn: makes the network that
    learns S, where a network does.
    """

    nodes: int
    width: int
    clusters: int
    streams: Streams
    gnn: Callable[[], nn.Module] | None = None


def learned(place: Place) -> Learned:
    """S learned by the family's network."""
    assert place.gnn is not None
    return Learned(place.gnn())


def fixed(draw: str, place: Place) -> Fixed:
    """S drawn once, node by node."""
    return Fixed(DRAWS[draw], place.nodes, place.clusters, place.streams.assignment)


def invariant(place: Place) -> Invariant:
    """S from a random projection of X."""
    return Invariant(DRAWS["normal"], place.width, place.clusters, place.streams.assignment)


# Of every family whose nodes go softly to clusters: a name in the configuration, and the part that it stands for.
SOFT: dict[str, Callable[[Place], nn.Module]] = {
    "learned": learned,
    "uniform": partial(fixed, "uniform"),
    "normal": partial(fixed, "normal"),
    "bernoulli": partial(fixed, "bernoulli"),
}
