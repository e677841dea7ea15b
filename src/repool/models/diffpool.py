"""DIFFPOOL and its random variants (section 2, case 2; Ying et al., 2018), version 1 of appendix A.2.

    SAGE -> (pool -> 3 SAGE) x layers -> max -> MLP

The variants differ in one part: which select gives the assignment S.
"""

from functools import partial
from math import ceil
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.averaging import averaging_clusters
from repool.models.graphs import Graphs
from repool.models.layers import MLP, SumConv
from repool.models.levels import Averaging, Nodes
from repool.models.molecules import MoleculeConv
from repool.models.network import Embedding, Outcome, Shape, Streams, added
from repool.models.penalties import entropy, link_prediction
from repool.models.sage import SageBlock, SageConv
from repool.models.select.assignment import DRAWS, Fixed, Invariant, Learned, connected

EMBEDDINGS = {"sage": SageConv, "sum": SumConv}


class Network(nn.Module):
    """A stack of DiffPool networks, one a seed.

    Args:
        options: select ("learned", "uniform", "normal", "bernoulli" or "invariant"), layers (poolings), hidden,
            mlp_hidden, first ("sage", "sum", or "none": the single convolution of table 2 is then that of the
            pooling), link_weight (lambda of figure 7), batchnorm.
        shape: of the dataset.
        streams: of each seed.
    """

    def __init__(self, options: dict[str, Any], shape: Shape, streams: Streams):
        super().__init__()
        hidden, weights = options["hidden"], streams.initialisation
        self.molecules = MoleculeConv(hidden, weights) if shape.molecules else None
        inputs = hidden if shape.molecules else shape.inputs
        width = inputs if options["first"] == "none" else hidden
        self.link_weight = options["link_weight"]
        self.first = None
        if options["first"] != "none":
            self.first = EMBEDDINGS[options["first"]](inputs, hidden, weights)
        self.select, self.embed, self.after = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        nodes = shape.most_nodes
        for _ in range(options["layers"]):
            clusters = ceil((0.1 if options["layers"] == 1 else 0.25) * nodes)
            self.embed.append(SageConv(width, hidden, weights))
            self.after.append(SageBlock(hidden, hidden, weights, options["batchnorm"]))
            self.select.append(select(options["select"], nodes, width, clusters, streams))
            nodes, width = clusters, hidden
        self.mlp = MLP(hidden, options["mlp_hidden"], shape.outputs, weights)

    def prepare(self, graphs: Graphs, pooling: np.ndarray, device: torch.device) -> Nodes:
        """Put a batch's structure on the device; nothing is random, `pooling` stays untouched."""
        del pooling
        return Nodes(graphs, device)

    def forward(self, X: Tensor, nodes: Nodes) -> Outcome:
        """Outputs [seeds, graphs, outputs] for node features X [seeds, rows, inputs] (equations 4 and 5)."""
        level: Averaging = nodes
        embeddings: list[Embedding] = []
        penalties = []
        if self.molecules is not None:
            X = self.molecules(X, nodes.A)
        if self.first is not None:
            X = self.first(X, level)
        for select, embed, after in zip(self.select, self.embed, self.after, strict=True):
            S, Z = select(X, level), embed(X, level)
            embeddings = embeddings or [Embedding(Z, level.ptr)]
            X, coarse = level.pool(S, Z), averaging_clusters(level, S, partial(connected, select))
            embeddings.append(Embedding(X, coarse.ptr))
            if self.training and isinstance(select, Learned):
                penalties.append(self.link_weight * link_prediction(level, S, coarse) + entropy(level, S))
            X, level = after(X, coarse), coarse
        return Outcome(self.mlp(coarse.max_of_graph(X)), embeddings, added(penalties))


def select(name: str, nodes: int, width: int, clusters: int, streams: Streams) -> nn.Module:
    """The part that gives S: learned by one SAGE convolution, or random."""
    if name == "learned":
        return Learned(SageConv(width, clusters, streams.initialisation))
    if name == "invariant":
        return Invariant(DRAWS["normal"], width, clusters, streams.assignment)
    return Fixed(DRAWS[name], nodes, clusters, streams.assignment)
