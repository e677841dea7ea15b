"""Global mean pooling (section 3, "Is pooling overrated?"): convolutions, one mean over all nodes, MLP."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.graphs import Graphs
from repool.models.layers import MLP, GraphConv
from repool.models.sparse import GraphMean, Sparse, adjacency


@dataclass(frozen=True)
class Structure:
    """A of a batch and its readout."""

    A: Sparse
    readout: GraphMean


class Network(nn.Module):
    """A stack of networks without pooling layers, one a seed.

    Args:
        options: convolutions, hidden.
        inputs: width of node features.
        outputs: classes, or 1.
        streams: initialisation stream of each seed.
    """

    def __init__(self, options: dict[str, Any], inputs: int, outputs: int, streams: list[np.random.Generator]):
        super().__init__()
        hidden = options["hidden"]
        widths = [inputs] + [hidden] * options["convolutions"]
        self.convolutions = nn.ModuleList(GraphConv(before, after, streams) for before, after in pairwise(widths))
        self.mlp = MLP(hidden, hidden, outputs, streams)

    def prepare(self, graphs: Graphs, streams: np.ndarray, device: torch.device) -> Structure:
        """Put a batch's structure on the device; nothing is random, `streams` stay untouched."""
        del streams
        return Structure(adjacency(graphs), GraphMean(graphs, device))

    def forward(self, X: Tensor, structure: Structure) -> Tensor:
        """Outputs [seeds, graphs, outputs] for node features X [seeds, rows, inputs]."""
        for conv in self.convolutions:
            X = conv(X, structure.A)
        return self.mlp(structure.readout(X))
