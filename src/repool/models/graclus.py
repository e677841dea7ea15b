"""GRACLUS and COMPLEMENT (section 2, case 1): convolutions interleaved with pooling by matching.

    conv -> (conv -> pool) x (layers - 1) -> mean -> MLP        (appendix A.2)

The two differ in one part: which matching selects the clusters. For table 2 the first convolution is left out, so that
the first pooling follows a single one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.connect import coarsen
from repool.models.graphs import Graphs
from repool.models.layers import MLP, GraphConv
from repool.models.molecules import first_convolution
from repool.models.network import Embedding, Outcome, Shape, Streams
from repool.models.reduce import ClusterMax
from repool.models.select.matching import match_complement, match_neighbours
from repool.models.sparse import GraphMean, Sparse, adjacency

SELECT = {"graclus": match_neighbours, "complement": match_complement}


@dataclass(frozen=True)
class Hierarchy:
    """The levels of a batch: A^(0), A^(1), ..., the pooling after each, and the readout of the last.

    `ptr` has the first row of each graph in every level, also in the last.
    """

    A: list[Sparse]
    ptr: list[np.ndarray]
    pool: list[ClusterMax]
    readout: GraphMean


class Network(nn.Module):
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
        A, pool, ptr = [], [], [graphs.graph_ptr]
        for _ in self.convolutions:
            A.append(adjacency(graphs))
            clusters, graphs = coarsen(graphs, self.match(graphs, pooling))
            pool.append(ClusterMax(clusters, device))
            ptr.append(graphs.graph_ptr)
        return Hierarchy(A, ptr, pool, GraphMean(graphs, device))

    def forward(self, X: Tensor, levels: Hierarchy) -> Outcome:
        """Outputs [seeds, graphs, outputs] for node features X [seeds, rows, inputs] (equations 1 and 2)."""
        Z = X if self.embed is None else self.embed(X, levels.A[0])
        embeddings: list[Embedding] = []
        for conv, A, pool, ptr in zip(self.convolutions, levels.A, levels.pool, levels.ptr[1:], strict=True):
            Z = conv(Z, A)
            embeddings = embeddings or [Embedding(Z, levels.ptr[0])]
            Z = pool(Z)
            embeddings.append(Embedding(Z, ptr))
        return Outcome(self.mlp(levels.readout(Z)), embeddings)
