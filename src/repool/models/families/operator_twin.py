"""The controls of a pooling that somebody brings: the same network with a pooling that knows nothing, or with none."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from repool.models.connect.matching import coarsen
from repool.models.graphs import Graphs, Pairs
from repool.models.levels import Nodes
from repool.models.network import Shape, Streams
from repool.models.operators.frame import Batch, Frame, Pooled
from repool.models.operators.twins import RandomClusters, RandomScores
from repool.models.reduce import max_of_pairs
from repool.models.select.matching import match_complement


@dataclass(frozen=True)
class Matched(Batch):
    """A batch with a matching of its nodes, and the level that it leads to."""

    pairs: Pairs
    above: Nodes


class Network(Frame):
    """A stack of networks, one a seed.

    Args:
        options: select ("uniform", "normal", "complement" or "none"), pools (what the pooling under test does: keeps
            "nodes", makes "clusters" in proportion to a graph's nodes, or "even-clusters", as many for every graph),
            ratio, convolutions, hidden.
        shape: of the dataset.
        streams: of each seed.
    """

    def __init__(self, options: dict[str, Any], shape: Shape, streams: Streams):
        super().__init__(options, shape, streams)
        self.select = options["select"]
        self.drawn: RandomScores | RandomClusters | None = None
        if self.select in ("uniform", "normal"):
            most, ratio, own = shape.most_nodes, options["ratio"], streams.assignment
            if options["pools"] == "nodes":
                self.drawn = RandomScores(self.select, most, ratio, own)
            else:
                self.drawn = RandomClusters(self.select, most, ratio, options["pools"] == "even-clusters", own)

    def prepare(self, graphs: Graphs, pooling: np.ndarray, device: torch.device) -> Batch:
        """The batch; where nodes that are no neighbours pair up, with that matching, by the streams `pooling`."""
        if self.select != "complement":
            return super().prepare(graphs, pooling, device)
        pairs, coarse = coarsen(graphs, match_complement(graphs, pooling))
        return Matched(Nodes(graphs, device), graphs, pooling.copy(), pairs, Nodes(coarse, device))

    def pool(self, X: Tensor, batch: Batch) -> Pooled:
        """The level above that of X [seeds, rows, width]; the same one where nothing pools."""
        if isinstance(batch, Matched):
            return Pooled(max_of_pairs(X, batch.pairs), batch.above)
        if self.drawn is None:
            return Pooled(X, batch.level)
        pooled: Pooled = self.drawn(X, batch)
        return pooled
