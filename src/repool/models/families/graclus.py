"""GRACLUS and COMPLEMENT (section 2, case 1): convolutions interleaved with pooling by matching.

    conv -> (conv -> pool) x (layers - 1) -> mean -> MLP        (appendix A.2)

The two differ in one part: which matching selects the clusters. For table 2 the first convolution is left out, so that
the first pooling follows a single one.
"""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.connect.matching import coarsen
from repool.models.graphs import Graphs, Pairs
from repool.models.layers.graph_conv import GraphConv
from repool.models.layers.linear import MLP
from repool.models.layers.molecules import first_convolution
from repool.models.levels import Nodes
from repool.models.network import Embedding, Family, Outcome, Shape, Streams
from repool.models.reduce import max_of_pairs
from repool.models.select.matching import match_complement, match_neighbours

SELECT = {"graclus": match_neighbours, "complement": match_complement}


class Hierarchy(NamedTuple):
    """The levels of a batch, A^(0), A^(1), ..., and the matching that leads from each to the next."""

    levels: list[Nodes]
    matchings: list[Pairs]


class Network(Family):
    """A stack of Graclus networks, one a seed.

    Args:
        options: select ("graclus" or "complement"), layers, hidden, first ("sum" or "none").
        shape: of the dataset.
        streams: of each seed.
    """

    def __init__(self, options: dict[str, Any], shape: Shape, streams: Streams):
        super().__init__()
        hidden, weights = options["hidden"], streams.initialisation
        self.match = SELECT[options["select"]]
        first = first_convolution(shape, hidden, weights)
        others = [GraphConv(hidden, hidden, weights) for _ in range(options["layers"] - 1)]
        self.embed = None if options["first"] == "none" else first
        self.convolutions = nn.ModuleList(others if self.embed is not None else [first, *others[1:]])
        self.mlp = MLP(hidden, hidden, shape.outputs, weights)

    def prepare(self, graphs: Graphs, pooling: np.ndarray, device: torch.device) -> Hierarchy:
        """Cluster every level ahead of the step, for no clustering depends on a learned value.

        `pooling` is the state of the matching stream of each seed, uint64 [seeds], advanced in place.
        """
        levels, matchings = [Nodes(graphs, device)], []
        for _ in self.convolutions:
            pairs, graphs = coarsen(graphs, self.match(graphs, pooling))
            matchings.append(pairs)
            levels.append(Nodes(graphs, device))
        return Hierarchy(levels, matchings)

    def forward(self, X: Tensor, plan: Hierarchy) -> Outcome:
        """Outputs [seeds, graphs, outputs] for node features X [seeds, rows, inputs] (equations 1 and 2)."""
        Z = X if self.embed is None else self.embed(X, plan.levels[0])
        embeddings: list[Embedding] = []
        for conv, pairs, (level, coarse) in zip(self.convolutions, plan.matchings, pairwise(plan.levels), strict=True):
            Z = conv(Z, level)
            embeddings = embeddings or [Embedding(Z, level.ptr)]
            Z = max_of_pairs(Z, pairs)
            embeddings.append(Embedding(Z, coarse.ptr))
        return Outcome(self.mlp(coarse.mean_of_graph(Z)), embeddings)
