"""MINCUTPOOL and its random variant (appendix B; Bianchi et al., 2020).

    conv x convolutions -> (pool -> conv) x (layers - 1) -> mean -> MLP

The variants differ in one part: which select gives the assignment S. The paper has one convolution before the first
pooling, and argues that two would do.
"""

from functools import partial
from math import ceil
from typing import Any

import numpy as np
from torch import Tensor, nn

from repool.models.connect.mincut import normalised_clusters
from repool.models.connect.remembered import Couplings
from repool.models.layers.graph_conv import GraphConv, SumConv
from repool.models.layers.linear import MLP, Linear
from repool.models.layers.molecules import first_convolution
from repool.models.levels import Connected, Level, Nodes
from repool.models.network import Embedding, Family, Outcome, Shape, Streams, added
from repool.models.penalties import min_cut, orthogonality
from repool.models.reduce import weighted_sums
from repool.models.select.assignment import SOFT, Learned, Place

SELECT = {name: SOFT[name] for name in ("learned", "normal", "uniform")}


class Network(Family):
    """A stack of MinCutPool networks, one a seed.

    Args:
        options: select ("learned", "normal" or "uniform"), convolutions (before the first pooling), layers (poolings,
            and one), hidden.
        shape: of the dataset.
        streams: of each seed.
    """

    def __init__(self, options: dict[str, Any], shape: Shape, streams: Streams):
        super().__init__()
        hidden, weights = options["hidden"], streams.initialisation
        self.first = first_convolution(shape, hidden, weights)
        further = range(options["convolutions"] - 1)
        self.before = nn.ModuleList(GraphConv(hidden, hidden, weights) for _ in further)
        self.select, self.convolutions = nn.ModuleList(), nn.ModuleList()
        nodes = shape.most_nodes
        for _ in range(options["layers"] - 1):
            clusters = ceil(0.5 * nodes)
            place = Place(nodes, hidden, clusters, streams, partial(Assign, hidden, clusters, weights))
            self.select.append(SELECT[options["select"]](place))
            self.convolutions.append(SumConv(hidden, hidden, weights))
            nodes = clusters
        self.connect = [Couplings(select) for select in self.select]
        self.mlp = MLP(hidden, hidden, shape.outputs, weights)

    def forward(self, X: Tensor, nodes: Nodes) -> Outcome:
        """Outputs [seeds, graphs, outputs] for node features X [seeds, rows, inputs]."""
        level: Connected = nodes
        embeddings: list[Embedding] = []
        penalties = []
        X = self.first(X, nodes)
        for convolution in self.before:
            X = convolution(X, nodes)
        for select, connect, conv in zip(self.select, self.connect, self.convolutions, strict=True):
            S = select(X, level)
            embeddings = embeddings or [Embedding(X, level.ptr)]
            X, coarse = weighted_sums(S, X, level), normalised_clusters(level, S, connect)
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
        """[seeds, rows, clusters] from X [seeds, rows, inputs]."""
        logits: Tensor = self.linear(X, level.counts)
        return logits
