"""What every family of models shares: what a dataset imposes, the streams it draws from, what it gives back.

A family is a module with a class `Network(options, shape, streams)` that has

    prepare(graphs, pooling, device) -> plan     what a batch needs and no learned value decides
    forward(X, plan) -> Outcome                  from node features X [seeds, rows, inputs]

and, where an unsupervised loss has epochs of its own, as in graph memory networks,

    period                                       every so many epochs (`repool.training.block`)
    unsupervised(X, plan), divergence(X, plan) -> Outcome   with that loss, and with what it weighs, as penalty
    identical_keys()                             a context in which assignments are uniform (`repool.training.inside`)
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Shape:
    """What a dataset imposes on a network.

    inputs: width of node features. outputs: classes, or 1. most_nodes: nodes of the largest graph. molecules: whether
    features are categories of atoms and bonds.
    """

    inputs: int
    outputs: int
    most_nodes: int
    molecules: bool = False


@dataclass(frozen=True)
class Streams:
    """Each seed's streams for initial weights and for fixed assignments: one does not move the other."""

    initialisation: list[np.random.Generator]
    assignment: list[np.random.Generator]


class Embedding(NamedTuple):
    """The rows of a level: nodes, or clusters of them.

    Z: [seeds, rows, width].
    ptr: first row of each graph in the block, int32 [seeds, graphs + 1].
    """

    Z: Tensor
    ptr: np.ndarray


class Outcome(NamedTuple):
    """What a network says of a batch.

    outputs: [seeds, graphs, classes] or [seeds, graphs, 1].
    embeddings: the rows that the first pooling combines, then those that each pooling gives.
    penalty: what training adds to the supervised loss, [seeds], or None.
    """

    outputs: Tensor
    embeddings: list[Embedding]
    penalty: Tensor | None = None


def added(penalties: list[Tensor]) -> Tensor | None:
    """The sum of some penalties [seeds], if there are any."""
    return torch.stack(penalties).sum(dim=0) if penalties else None
