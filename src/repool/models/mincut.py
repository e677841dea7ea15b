"""MINCUTPOOL and its random variant (appendix B; Bianchi et al., 2020).

    conv -> (pool -> conv) x (layers - 1) -> mean -> MLP

The variants differ in one part: which select gives the assignment S.
"""

from functools import partial
from math import ceil
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.graphs import Graphs
from repool.models.layers import MLP, Linear, SumConv
from repool.models.levels import Connected, Level, Nodes
from repool.models.molecules import first_convolution
from repool.models.network import Embedding, Outcome, Shape, Streams, added
from repool.models.normalised import normalised_clusters
from repool.models.penalties import min_cut, orthogonality
from repool.models.select.assignment import DRAWS, Fixed, Learned, connected


class Network(nn.Module):
    """A stack of MinCutPool networks, one a seed.

    Args:
        options: select ("learned", "normal" or "uniform"), layers (convolutions), hidden.
        shape: of the dataset.
        streams: of each seed.
    """

    def __init__(self, options: dict[str, Any], shape: Shape, streams: Streams):
        super().__init__()
        hidden, weights = options["hidden"], streams.initialisation
        self.first = first_convolution(shape, hidden, weights)
        self.select, self.convolutions = nn.ModuleList(), nn.ModuleList()
        nodes = shape.most_nodes
        for _ in range(options["layers"] - 1):
            clusters = ceil(0.5 * nodes)
            if options["select"] == "learned":
                self.select.append(Learned(Assign(hidden, clusters, weights)))
            else:
                self.select.append(Fixed(DRAWS[options["select"]], nodes, clusters, streams.assignment))
            self.convolutions.append(SumConv(hidden, hidden, weights))
            nodes = clusters
        self.mlp = MLP(hidden, hidden, shape.outputs, weights)

    def prepare(self, graphs: Graphs, pooling: np.ndarray, device: torch.device) -> Nodes:
        """Put a batch's structure on the device; nothing is random, `pooling` stays untouched."""
        del pooling
        return Nodes(graphs, device)

    def forward(self, X: Tensor, nodes: Nodes) -> Outcome:
        """Outputs [seeds, graphs, outputs] for node features X [seeds, rows, inputs]."""
        level: Connected = nodes
        embeddings: list[Embedding] = []
        penalties = []
        X = self.first(X, nodes.A)
        for select, conv in zip(self.select, self.convolutions, strict=True):
            S = select(X, level)
            embeddings = embeddings or [Embedding(X, level.ptr)]
            X, coarse = level.pool(S, X), normalised_clusters(level, S, partial(connected, select))
            embeddings.append(Embedding(X, coarse.ptr))
            if self.training and isinstance(select, Learned):
                penalties.append(min_cut(coarse) + orthogonality(level, S, coarse))
            X, level = conv(X, coarse), coarse
            if conv is not self.convolutions[-1]:
                X = X.relu()
        return Outcome(self.mlp(level.mean_of_graph(X)), embeddings, added(penalties))


class Assign(nn.Module):
    """Logits of the clusters from a node's own features: one linear layer, an MLP without a hidden one."""

    def __init__(self, inputs: int, clusters: int, streams: list[np.random.Generator]):
        super().__init__()
        self.linear = Linear(inputs, clusters, streams)

    def forward(self, X: Tensor, level: Level) -> Tensor:
        """[seeds, rows, clusters] from X [seeds, rows, inputs]; of the level nothing is read."""
        del level
        logits: Tensor = self.linear(X)
        return logits
