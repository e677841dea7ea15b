"""Global mean pooling (section 3, "Is pooling overrated?"): convolutions, one mean over all nodes, MLP."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.graphs import Graphs
from repool.models.layers import MLP, GraphConv
from repool.models.molecules import first_convolution
from repool.models.network import Embedding, Outcome, Shape, Streams
from repool.models.sparse import GraphMean, Sparse, adjacency


@dataclass(frozen=True)
class Structure:
    """A of a batch, the first row of each graph, and the readout."""

    A: Sparse
    ptr: np.ndarray
    readout: GraphMean


class Network(nn.Module):
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

    def prepare(self, graphs: Graphs, pooling: np.ndarray, device: torch.device) -> Structure:
        """Put a batch's structure on the device; nothing is random, `pooling` stays untouched."""
        del pooling
        return Structure(adjacency(graphs), graphs.graph_ptr, GraphMean(graphs, device))

    def forward(self, X: Tensor, structure: Structure) -> Outcome:
        """Outputs [seeds, graphs, outputs] for node features X [seeds, rows, inputs]."""
        for conv in self.convolutions:
            X = conv(X, structure.A)
        return Outcome(self.mlp(structure.readout(X)), [Embedding(X, structure.ptr)])
