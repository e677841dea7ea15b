"""What every family of models shares: what a dataset imposes, the streams it draws from, what it gives back.

A family is a module of `repool.models.families` with a class `Network(options, shape, streams)`, a `Family`.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.graphs import Graphs
from repool.models.levels import Nodes


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


class Family(nn.Module, ABC):
    """A stack of networks of one family, one a seed.

    Where an unsupervised loss has epochs of its own, as in graph memory networks, a family also has
    `unsupervised(X, plan)` and `divergence(X, plan)`, whose penalty is that loss and what it weighs, and
    `identical_keys()`, a context in which assignments are uniform (`repool.training.inside`).

    Attributes:
        period: every so many epochs the unsupervised loss is minimised (`repool.training.block`); 0 for never.
        alone: names of the parameters that only those epochs move.
    """

    period: int = 0
    alone: Sequence[str] = ()

    def prepare(self, graphs: Graphs, pooling: np.ndarray, device: torch.device) -> Any:
        """What a batch needs and no learned value decides: here its level of nodes.

        `pooling` is the state of each seed's matching stream, uint64 [seeds], which a random matching advances.
        """
        del pooling
        return Nodes(graphs, device)

    @abstractmethod
    def forward(self, X: Tensor, plan: Any) -> Outcome:
        """Outputs [seeds, graphs, outputs] for node features X [seeds, rows, inputs] and what `prepare` gave."""


def added(penalties: list[Tensor]) -> Tensor | None:
    """The sum of some penalties [seeds], if there are any."""
    return torch.stack(penalties).sum(dim=0) if penalties else None
