"""The network around a pooling that is put to the test: between a method and its twin nothing else differs.

conv x convolutions -> pool -> conv -> mean -> MLP
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.graphs import Graphs
from repool.models.kernels.inlined.draws import INCREMENT
from repool.models.layers.graph_conv import GraphConv, SumConv
from repool.models.layers.linear import MLP
from repool.models.layers.molecules import first_convolution
from repool.models.levels import Nodes
from repool.models.network import Embedding, Family, Outcome, Shape, Streams
from repool.models.operators.coarse import Coarse


@dataclass(frozen=True)
class Batch:
    """A batch as a pooling finds it: its level of nodes, their graphs, and a word of each seed for what it draws."""

    level: Nodes
    graphs: Graphs
    words: np.ndarray


class Pooled(NamedTuple):
    """What a pooling gives: rows X [seeds, rows, width] of the level above, and what training adds to the loss."""

    X: Tensor
    level: Coarse
    penalty: Tensor | None = None


class Frame(Family):
    """A stack of networks, one a seed; `pool` is what a family adds.

    Args:
        options: convolutions (before the pooling), hidden.
        shape: of the dataset.
        streams: of each seed.
    """

    def __init__(self, options: dict[str, Any], shape: Shape, streams: Streams):
        super().__init__()
        hidden, weights = options["hidden"], streams.initialisation
        self.before = nn.ModuleList([first_convolution(shape, hidden, weights)])
        self.before.extend(GraphConv(hidden, hidden, weights) for _ in range(options["convolutions"] - 1))
        self.after = SumConv(hidden, hidden, weights)
        self.mlp = MLP(hidden, hidden, shape.outputs, weights)

    def prepare(self, graphs: Graphs, pooling: np.ndarray, device: torch.device) -> Batch:
        """The batch, with a new word of each seed: `pooling`, the state of their streams, advances in place."""
        pooling += INCREMENT
        return Batch(Nodes(graphs, device), graphs, pooling.copy())

    def forward(self, X: Tensor, plan: Batch) -> Outcome:
        """Outputs [seeds, graphs, outputs] for node features X [seeds, rows, inputs]."""
        for conv in self.before:
            X = conv(X, plan.level)
        Y, coarse, penalty = self.pool(X, plan)
        Z = self.after(Y, coarse).relu()
        embeddings = [Embedding(X, plan.level.ptr), *([] if coarse is plan.level else [Embedding(Y, coarse.ptr)])]
        return Outcome(self.mlp(coarse.mean_of_graph(Z)), embeddings, penalty)

    @abstractmethod
    def pool(self, X: Tensor, batch: Batch) -> Pooled:
        """The level above that of X [seeds, rows, width]."""
