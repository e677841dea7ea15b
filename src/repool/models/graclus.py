"""GRACLUS and COMPLEMENT (section 2, case 1): convolutions interleaved with pooling by matching.

    conv -> (conv -> pool) x (layers - 1) -> mean -> MLP        (appendix A.2)

The two differ in one part: which matching selects the clusters.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.connect import coarsen
from repool.models.graphs import Graphs
from repool.models.layers import MLP, GraphConv
from repool.models.reduce import ClusterMax
from repool.models.select.matching import match_complement, match_neighbours
from repool.models.sparse import GraphMean, Sparse, adjacency

SELECT = {"graclus": match_neighbours, "complement": match_complement}


@dataclass(frozen=True)
class Hierarchy:
    """The levels of a batch: A^(0), A^(1), ..., the pooling after each, and the readout of the last."""

    A: list[Sparse]
    pool: list[ClusterMax]
    readout: GraphMean


class Network(nn.Module):
    """A stack of Graclus networks, one a seed.

    Args:
        options: select ("graclus" or "complement"), layers, hidden.
        inputs: width of node features.
        outputs: classes, or 1.
        streams: initialisation stream of each seed.
    """

    def __init__(self, options: dict[str, Any], inputs: int, outputs: int, streams: list[np.random.Generator]):
        super().__init__()
        hidden = options["hidden"]
        self.match = SELECT[options["select"]]
        self.embed = GraphConv(inputs, hidden, streams)
        self.convolutions = nn.ModuleList(GraphConv(hidden, hidden, streams) for _ in range(options["layers"] - 1))
        self.mlp = MLP(hidden, hidden, outputs, streams)

    def prepare(self, graphs: Graphs, streams: np.ndarray, device: torch.device) -> Hierarchy:
        """Cluster every level ahead of the step, for no clustering depends on a learned value.

        `streams` is the pooling state of each seed, uint64 [seeds], advanced in place.
        """
        A, pool = [], []
        for _ in self.convolutions:
            A.append(adjacency(graphs))
            clusters, graphs = coarsen(graphs, self.match(graphs, streams))
            pool.append(ClusterMax(clusters, device))
        return Hierarchy(A, pool, GraphMean(graphs, device))

    def forward(self, X: Tensor, levels: Hierarchy) -> Tensor:
        """Outputs [seeds, graphs, outputs] for node features X [seeds, rows, inputs] (equations 1 and 2)."""
        Z = self.embed(X, levels.A[0])
        for conv, A, pool in zip(self.convolutions, levels.A, levels.pool, strict=True):
            Z = pool(conv(Z, A))
        return self.mlp(levels.readout(Z))
