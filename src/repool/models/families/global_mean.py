"""Global mean pooling (section 3, "Is pooling overrated?"): convolutions, one mean over all nodes, MLP."""

from typing import Any

from torch import Tensor, nn

from repool.models.layers.graph_conv import GraphConv
from repool.models.layers.linear import MLP
from repool.models.layers.molecules import first_convolution
from repool.models.levels import Nodes
from repool.models.network import Embedding, Family, Outcome, Shape, Streams


class Network(Family):
    """A stack of networks without pooling layers, one a seed.

    Args:
        options: convolutions, hidden.
        shape: of the dataset.
        streams: of each seed.
    """

    def __init__(self, options: dict[str, Any], shape: Shape, streams: Streams):
        super().__init__()
        hidden, weights = options["hidden"], streams.initialisation
        self.convolutions = nn.ModuleList([first_convolution(shape, hidden, weights)])
        self.convolutions.extend(GraphConv(hidden, hidden, weights) for _ in range(options["convolutions"] - 1))
        self.mlp = MLP(hidden, hidden, shape.outputs, weights)

    def forward(self, X: Tensor, level: Nodes) -> Outcome:
        """Outputs [seeds, graphs, outputs] for node features X [seeds, rows, inputs]."""
        for conv in self.convolutions:
            X = conv(X, level)
        return Outcome(self.mlp(level.mean_of_graph(X)), [Embedding(X, level.ptr)])
