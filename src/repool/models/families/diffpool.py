"""DIFFPOOL and its random variants (section 2, case 2; Ying et al., 2018), version 1 of appendix A.2.

    SAGE -> (pool -> 3 SAGE) x layers -> max -> MLP

The variants differ in one part: which select gives the assignment S. What the paper leaves open, the form of a SAGE
convolution (`sage`) and what stands before the first pooling (`before`), are options: docs/deviations.md.
"""

from collections.abc import Callable
from functools import partial
from math import ceil
from typing import Any

import numpy as np
from torch import Tensor, nn

from repool.models.connect.diffpool import averaging_clusters
from repool.models.connect.remembered import Couplings
from repool.models.layers.graph_conv import SumConv
from repool.models.layers.linear import MLP
from repool.models.layers.molecules import MoleculeConv
from repool.models.layers.sage import ActivatedConv, SageBlock, SageConv
from repool.models.levels import Averaging, Nodes
from repool.models.network import Embedding, Family, Outcome, Shape, Streams, added
from repool.models.penalties import entropy, link_prediction
from repool.models.reduce import weighted_sums
from repool.models.select.assignment import SOFT, Learned, Place, invariant

SELECT = {**SOFT, "invariant": invariant}
ITSELF = {"root": "root", "loop-as-released": "loop"}


class Network(Family):
    """A stack of DiffPool networks, one a seed.

    Args:
        options: select ("learned", "uniform", "normal", "bernoulli" or "invariant"), layers (poolings), hidden,
            mlp_hidden, sage ("root" or "loop-as-released"), before ("one" convolution, "one-activated" with ReLU and
            batch norm after it, or "three"), first (what the first of them is: "sage", "sum", or "none": the single
            convolution of table 2 is then that of the pooling), link_weight (lambda of figure 7), batchnorm.
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
        sage = partial(SageConv, streams=weights, itself=ITSELF[options["sage"]])
        self.first = before(options, inputs, sage, weights)
        self.select, self.embed, self.after = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        nodes = shape.most_nodes
        for _ in range(options["layers"]):
            clusters = ceil((0.1 if options["layers"] == 1 else 0.25) * nodes)
            self.embed.append(sage(width, hidden))
            three: list[nn.Module] = [sage(hidden, hidden) for _ in range(3)]
            self.after.append(SageBlock(three, hidden, len(weights), options["batchnorm"]))
            place = Place(nodes, width, clusters, streams, partial(sage, width, clusters))
            self.select.append(SELECT[options["select"]](place))
            nodes, width = clusters, hidden
        self.connect = [Couplings(select) for select in self.select]
        self.mlp = MLP(hidden, options["mlp_hidden"], shape.outputs, weights)

    def forward(self, X: Tensor, nodes: Nodes) -> Outcome:
        """Outputs [seeds, graphs, outputs] for node features X [seeds, rows, inputs] (equations 4 and 5)."""
        level: Averaging = nodes
        embeddings: list[Embedding] = []
        penalties = []
        if self.molecules is not None:
            X = self.molecules(X, nodes)
        if self.first is not None:
            X = self.first(X, level)
        for select, connect, embed, after in zip(self.select, self.connect, self.embed, self.after, strict=True):
            S, Z = select(X, level), embed(X, level)
            embeddings = embeddings or [Embedding(Z, level.ptr)]
            X, coarse = weighted_sums(S, Z, level), averaging_clusters(level, S, connect)
            embeddings.append(Embedding(X, coarse.ptr))
            if self.training and isinstance(select, Learned):
                penalties.append(self.link_weight * link_prediction(level, S, coarse) + entropy(level, S))
            X, level = after(X, coarse), coarse
        return Outcome(self.mlp(coarse.max_of_graph(X)), embeddings, added(penalties))


def before(
    options: dict[str, Any], inputs: int, sage: Callable[..., nn.Module], streams: list[np.random.Generator]
) -> nn.Module | None:
    """The convolutions before the first pooling's own, if any."""
    if options["first"] == "none":
        return None
    hidden, seeds, over = options["hidden"], len(streams), options["batchnorm"]
    first = SumConv(inputs, hidden, streams) if options["first"] == "sum" else sage(inputs, hidden)
    if options["before"] == "one":
        return first
    if options["before"] == "one-activated":
        return ActivatedConv(first, hidden, seeds, over)
    return SageBlock([first, sage(hidden, hidden), sage(hidden, hidden)], hidden, seeds, over)
