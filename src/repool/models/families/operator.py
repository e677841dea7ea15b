"""Any pooling of PyTorch Geometric's interface, unchanged, in the network of `repool.models.operators.frame`."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from repool.models.layers.graph_conv import SumConv
from repool.models.network import Shape, Streams
from repool.models.operators.calls import Operator
from repool.models.operators.coarse import Matrices, Part, Sparse
from repool.models.operators.found import find
from repool.models.operators.frame import Batch, Frame, Pooled
from repool.models.operators.stack import Stack
from repool.models.operators.twins import edges_of, share_of


class Network(Frame):
    """A stack of networks, one a seed, whose operator works on one of them at a time.

    Args:
        options: operator (where it is), version (which it is), arguments, ratio (of the largest graph's nodes, the
            clusters of a dense one), convolutions, hidden.
        shape: of the dataset.
        streams: of each seed.
    """

    def __init__(self, options: dict[str, Any], shape: Shape, streams: Streams):
        super().__init__(options, shape, streams)
        given = find(options["operator"], options["version"])
        clusters = int(share_of(options["ratio"], np.array([shape.most_nodes]))[0])
        hidden, weights = options["hidden"], streams.initialisation
        self.operator = Operator(options["operator"], given, options["arguments"], hidden, clusters)
        self.stack = Stack(self.operator.make, weights)
        self.assign = SumConv(hidden, clusters, weights) if self.operator.assigns else None

    def pool(self, X: Tensor, batch: Batch) -> Pooled:
        """The level above that of X [seeds, rows, width]."""
        return self._dense(X, batch) if self.operator.dense else self._sparse(X, batch)

    def _sparse(self, X: Tensor, batch: Batch) -> Pooled:
        parts: list[Part] = []
        losses: list[Tensor | None] = []
        for seed, word in enumerate(batch.words.tolist()):
            # Copied as weights are (`Stack.of_seed`).
            rows = X[seed, : batch.level.counts[seed]].clone()
            edges = torch.from_numpy(edges_of(batch, seed)).to(X.device)
            graph = torch.from_numpy(graph_of_rows(batch, seed)).to(X.device)
            given = self.stack.of_seed(seed, word, **self.operator.sparse_arguments(rows, edges, graph))
            part, loss = self.operator.part(given, batch.level.graphs)
            parts.append(part)
            losses.append(loss)
        level = Sparse(parts, X.device)
        return Pooled(level.stacked(parts), level, penalty(losses))

    def _dense(self, X: Tensor, batch: Batch) -> Pooled:
        logits = None if self.assign is None else self.assign(X, batch.level)
        found = []
        for seed, word in enumerate(batch.words.tolist()):
            slots, A, mask = padded(batch, seed, X)
            rows, own = (None if one is None else in_slots(one[seed], slots, mask) for one in (X, logits))
            assert rows is not None
            given = self.stack.of_seed(seed, word, **self.operator.dense_arguments(rows, A, mask, own))
            found.append(self.operator.clusters(given, batch.level.graphs))
        level = Matrices(torch.stack([A for _, A, _ in found]))
        return Pooled(torch.stack([Y.flatten(0, 1) for Y, _, _ in found]), level, penalty([own for *_, own in found]))


def penalty(losses: list[Tensor | None]) -> Tensor | None:
    """The losses of all seeds, [seeds], if there are any."""
    found = [loss for loss in losses if loss is not None]
    return torch.stack(found) if found else None


def graph_of_rows(batch: Batch, seed: int) -> np.ndarray:
    """The graph of every node of a seed, int64 [nodes]."""
    return np.repeat(np.arange(batch.level.graphs), np.diff(batch.level.ptr[seed]))


def padded(batch: Batch, seed: int, X: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Where each node of a seed stands in padded graphs, their A [graphs, most, most], and mask [graphs, most]."""
    sizes = np.diff(batch.level.ptr[seed])
    graph, most = graph_of_rows(batch, seed), int(sizes.max())
    place = np.arange(graph.size) - (sizes.cumsum() - sizes)[graph]
    source, target = edges_of(batch, seed)
    slots = torch.from_numpy(graph * most + place).to(X.device)
    entries = torch.from_numpy((graph[target] * most + place[target]) * most + place[source]).to(X.device)
    A = X.new_zeros(sizes.size * most * most).index_fill(0, entries, 1).view(sizes.size, most, most)
    mask = torch.zeros(sizes.size * most, dtype=torch.bool, device=X.device).index_fill(0, slots, True)
    return slots, A, mask.view(sizes.size, most)


def in_slots(X: Tensor, slots: Tensor, mask: Tensor) -> Tensor:
    """Rows [nodes, width] in their slots, [graphs, most, width], zero elsewhere."""
    rows = X[: slots.numel()]
    return rows.new_zeros(mask.numel(), rows.size(1)).index_copy(0, slots, rows).view(*mask.shape, rows.size(1))
