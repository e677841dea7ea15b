"""GraphSAGE (Hamilton et al., 2017) with mean aggregation and a mean readout: a row of table 1, trained here too."""

from functools import partial
from itertools import pairwise
from typing import Any

from torch import Tensor, nn

from repool.models.layers.graph_conv import SumConv
from repool.models.layers.linear import MLP
from repool.models.layers.molecules import MoleculeConv
from repool.models.layers.sage import SageConv
from repool.models.levels import Nodes
from repool.models.network import Embedding, Family, Outcome, Shape, Streams

mean_conv = partial(SageConv, itself="root", unit=False)


class Network(Family):
    """A stack of GraphSAGE networks, one a seed.

    Args:
        options: convolutions, hidden, first ("sage", or "sum" where features are constant, whose means would be too).
        shape: of the dataset.
        streams: of each seed.
    """

    def __init__(self, options: dict[str, Any], shape: Shape, streams: Streams):
        super().__init__()
        hidden, weights = options["hidden"], streams.initialisation
        self.molecules = MoleculeConv(hidden, weights) if shape.molecules else None
        widths = [hidden if shape.molecules else shape.inputs] + [hidden] * options["convolutions"]
        convolutions: list[nn.Module] = [mean_conv(before, after, weights) for before, after in pairwise(widths)]
        if options["first"] == "sum":
            convolutions[0] = SumConv(widths[0], widths[1], weights)
        self.convolutions = nn.ModuleList(convolutions)
        self.mlp = MLP(hidden, hidden, shape.outputs, weights)

    def forward(self, X: Tensor, level: Nodes) -> Outcome:
        """Outputs [seeds, graphs, outputs] for node features X [seeds, rows, inputs]."""
        if self.molecules is not None:
            X = self.molecules(X, level)
        for conv in self.convolutions:
            X = conv(X, level).relu()
        return Outcome(self.mlp(level.mean_of_graph(X)), [Embedding(X, level.ptr)])
