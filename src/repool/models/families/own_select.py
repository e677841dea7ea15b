"""A select of somebody's own, in this project's form: it sees all seeds of a block at once, and trains in lockstep.

Two kinds. A part, made from a `Place`, gives S [seeds, rows, clusters] of X [seeds, rows, width] and its level, as in
`repool.models.select.assignment`; X' = S^T X, A' = S^T A S. A matching, a function of (graphs, streams), gives the
partner of each row, as in `repool.models.select.matching`; X' is the maximum over a pair.
"""

import inspect
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from repool.errors import UserError
from repool.models.connect.diffpool import averaging_clusters
from repool.models.connect.matching import coarsen
from repool.models.connect.remembered import Couplings
from repool.models.families.operator_twin import Matched
from repool.models.graphs import Graphs
from repool.models.layers.graph_conv import SumConv
from repool.models.levels import Nodes
from repool.models.network import Shape, Streams
from repool.models.operators.found import find
from repool.models.operators.frame import Batch, Frame, Pooled
from repool.models.operators.twins import share_of
from repool.models.reduce import max_of_pairs, weighted_sums
from repool.models.select.assignment import Place

MATCHING = ("graphs", "streams")


class Network(Frame):
    """A stack of networks, one a seed.

    Args:
        options: operator (file.py:Name), version, ratio (clusters of a part, as a share of the largest graph's nodes),
            convolutions, hidden.
        shape: of the dataset.
        streams: of each seed.

    Raises UserError where the select is not to be found or made.
    """

    def __init__(self, options: dict[str, Any], shape: Shape, streams: Streams):
        super().__init__(options, shape, streams)
        self.name, hidden = options["operator"], options["hidden"]
        given = find(self.name, options["version"])
        self.match = given if tuple(inspect.signature(given).parameters) == MATCHING else None
        self.select: nn.Module | None = None
        if self.match is None:
            clusters = int(share_of(options["ratio"], np.array([shape.most_nodes]))[0])
            gnn = partial(SumConv, hidden, clusters, streams.initialisation)
            self.select = self._made(given, Place(shape.most_nodes, hidden, clusters, streams, gnn))
            self.clusters, self.couplings = clusters, Couplings(self.select)

    def _made(self, given: Any, place: Place) -> nn.Module:
        try:
            made = given(place)
        except Exception as error:  # of whoever wrote it
            raise UserError(f"{self.name}(place) cannot be made: {type(error).__name__}: {error}.") from error
        if not isinstance(made, nn.Module):
            raise UserError(
                f"{self.name} is neither a matching, a function of {' and '.join(MATCHING)}, nor a part: of a Place it "
                f"makes a {type(made).__name__}, expected a torch.nn.Module."
            )
        return made

    def prepare(self, graphs: Graphs, pooling: np.ndarray, device: torch.device) -> Batch:
        """The batch; with its matching, if the select is one, by the streams `pooling`, which it advances in place."""
        if self.match is None:
            return super().prepare(graphs, pooling, device)
        partner = self.match(graphs, pooling)
        self._check_partners(graphs, partner)
        pairs, coarse = coarsen(graphs, partner)
        return Matched(Nodes(graphs, device), graphs, pooling.copy(), pairs, Nodes(coarse, device))

    def _check_partners(self, graphs: Graphs, partner: Any) -> None:
        """Partners are of each other, within their graph; a wrong one would lead compiled code out of its arrays."""
        rows = graphs.seeds * graphs.rows
        if not isinstance(partner, np.ndarray) or partner.shape != (rows,) or partner.dtype != np.int32:
            raise UserError(f"{self.name}: the partner of each row must be int32 [{rows}].")
        graph = np.full(rows, -1)
        first, last = graphs.graph_ptr[:, :-1], graphs.graph_ptr[:, 1:]
        for number, (start, stop) in enumerate(zip(first.flat, last.flat, strict=True)):
            graph[start:stop] = number
        inside = np.flatnonzero(graph >= 0)
        others = partner[inside]
        if ((others < 0) | (others >= rows)).any() or (graph[others] != graph[inside]).any():
            raise UserError(f"{self.name} pairs a node with what is no node of its graph.")
        if (partner[others] != inside).any():
            raise UserError(f"{self.name}: partners are not each other's. A node that stays alone is its own partner.")

    def pool(self, X: Tensor, batch: Batch) -> Pooled:
        """The level above that of X [seeds, rows, width]."""
        if isinstance(batch, Matched):
            return Pooled(max_of_pairs(X, batch.pairs), batch.above)
        assert self.select is not None
        S = self.select(X, batch.level)
        if S.shape != (*X.shape[:2], self.clusters):
            raise UserError(f"{self.name}: S is {list(S.shape)}, expected {[*X.shape[:2], self.clusters]}.")
        return Pooled(weighted_sums(S, X, batch.level), averaging_clusters(batch.level, S, self.couplings))
