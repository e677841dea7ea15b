"""DIFFPOOL v2 and its random variant (appendix B), after Errica et al. (2020).

(pool of 3 SAGE -> max) x layers -> 3 SAGE -> max -> all maxima side by side -> MLP
"""

from functools import partial
from math import ceil
from typing import Any

import torch
from torch import Tensor, nn

from repool.models.connect.diffpool import averaging_clusters
from repool.models.connect.remembered import Couplings
from repool.models.layers.graph_conv import SumConv
from repool.models.layers.linear import MLP
from repool.models.layers.molecules import MoleculeConv
from repool.models.layers.sage import SageStack
from repool.models.levels import Averaging, Nodes
from repool.models.network import Embedding, Family, Outcome, Shape, Streams, added
from repool.models.penalties import entropy, link_prediction
from repool.models.reduce import weighted_sums
from repool.models.select.assignment import SOFT, Learned, Place

SELECT = SOFT


class Network(Family):
    """A stack of DiffPool networks of version 2, one a seed.

    Args:
        options: select ("learned", "uniform", "normal" or "bernoulli"), layers (poolings), hidden, mlp_hidden, first
            ("sum": a sum convolution before everything, or "none"), link_weight, batchnorm.
        shape: of the dataset.
        streams: of each seed.
    """

    def __init__(self, options: dict[str, Any], shape: Shape, streams: Streams):
        super().__init__()
        hidden, weights, over = options["hidden"], streams.initialisation, options["batchnorm"]
        self.link_weight = options["link_weight"]
        self.molecules = MoleculeConv(hidden, weights) if shape.molecules else None
        inputs = hidden if shape.molecules else shape.inputs
        self.first = SumConv(inputs, inputs, weights) if options["first"] == "sum" else None
        self.select, self.embed = nn.ModuleList(), nn.ModuleList()
        nodes, width = shape.most_nodes, inputs
        for _ in range(options["layers"]):
            clusters = ceil((0.1 if options["layers"] == 1 else 0.25) * nodes)
            self.embed.append(SageStack(width, hidden, hidden, weights, over))
            gnn = partial(SageStack, width, hidden, clusters, weights, over, project=True)
            self.select.append(SELECT[options["select"]](Place(nodes, width, clusters, streams, gnn)))
            nodes, width = clusters, 3 * hidden
        self.connect = [Couplings(select) for select in self.select]
        self.last = SageStack(width, hidden, hidden, weights, over)
        self.mlp = MLP((options["layers"] + 1) * width, options["mlp_hidden"], shape.outputs, weights)

    def forward(self, X: Tensor, nodes: Nodes) -> Outcome:
        """Outputs [seeds, graphs, outputs] for node features X [seeds, rows, inputs] (equations 4 and 5)."""
        level: Averaging = nodes
        embeddings: list[Embedding] = []
        penalties, maxima = [], []
        if self.molecules is not None:
            X = self.molecules(X, nodes)
        if self.first is not None:
            X = self.first(X, level)
        for select, connect, embed in zip(self.select, self.connect, self.embed, strict=True):
            S, Z = select(X, level), embed(X, level)
            embeddings = embeddings or [Embedding(Z, level.ptr)]
            X, coarse = weighted_sums(S, Z, level), averaging_clusters(level, S, connect)
            embeddings.append(Embedding(X, coarse.ptr))
            if self.training and isinstance(select, Learned):
                penalties.append(self.link_weight * link_prediction(level, S, coarse) + entropy(level, S))
            maxima.append(coarse.max_of_graph(X))
            level = coarse
        maxima.append(coarse.max_of_graph(self.last(X, coarse)))
        return Outcome(self.mlp(torch.cat(maxima, dim=2)), embeddings, added(penalties))
