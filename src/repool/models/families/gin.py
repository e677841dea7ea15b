"""Graph isomorphism networks (Xu et al., 2019) with a sum readout: a row of table 1, trained here too."""

from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.layers.batch_norm import BatchNorm
from repool.models.layers.linear import MLP, Linear
from repool.models.layers.molecules import MoleculeConv
from repool.models.levels import Nodes
from repool.models.network import Embedding, Family, Outcome, Shape, Streams


class Network(Family):
    """A stack of graph isomorphism networks, one a seed.

    Args:
        options: convolutions, hidden.
        shape: of the dataset.
        streams: of each seed.
    """

    def __init__(self, options: dict[str, Any], shape: Shape, streams: Streams):
        super().__init__()
        hidden, weights = options["hidden"], streams.initialisation
        self.molecules = MoleculeConv(hidden, weights) if shape.molecules else None
        widths = [hidden if shape.molecules else shape.inputs] + [hidden] * options["convolutions"]
        self.convolutions = nn.ModuleList(IsomorphismConv(before, after, weights) for before, after in pairwise(widths))
        self.mlp = MLP(hidden, hidden, shape.outputs, weights)

    def forward(self, X: Tensor, level: Nodes) -> Outcome:
        """Outputs [seeds, graphs, outputs] for node features X [seeds, rows, inputs]."""
        if self.molecules is not None:
            X = self.molecules(X, level)
        for conv in self.convolutions:
            X = conv(X, level)
        return Outcome(self.mlp(level.total(X)), [Embedding(X, level.ptr)])


class IsomorphismConv(nn.Module):
    """Z_i = ReLU(MLP((1 + e) x_i + sum of x_j)) over the neighbours j, with e learned from 0.

    The MLP is Linear, batch normalisation, ReLU, Linear.
    """

    def __init__(self, inputs: int, outputs: int, streams: list[np.random.Generator]):
        super().__init__()
        self.e = nn.Parameter(torch.zeros(len(streams), 1, 1))
        self.hidden, self.output = Linear(inputs, outputs, streams), Linear(outputs, outputs, streams)
        self.norm = BatchNorm(outputs, len(streams), "nodes")

    def forward(self, X: Tensor, level: Nodes) -> Tensor:
        """[seeds, rows, outputs] from X [seeds, rows, inputs]."""
        Z = self.hidden(level.in_rows(1 + self.e) * X + level.sum(X), level.counts)
        return self.output(self.norm(Z, level).relu(), level.counts, activated=True)
