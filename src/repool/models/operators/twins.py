"""Poolings that know nothing: the randomised twins of one that keeps nodes, and of one that makes clusters.

What they draw is drawn once before training, and node i of every graph takes row i, as in equation 6 of the paper.
"""

from itertools import repeat

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.operators.coarse import Assigned, Part, Sparse
from repool.models.operators.frame import Batch, Pooled
from repool.models.select.assignment import DRAWS, drawn


def share_of(ratio: float, sizes: np.ndarray) -> np.ndarray:
    """How many rows are left of graphs of these sizes: their share, rounded up."""
    # As PyTorch Geometric counts, in single precision: ceil(0.1 * 10) is 1.
    return np.ceil(np.float32(ratio) * sizes.astype(np.float32)).astype(np.int64).clip(1)


class RandomScores(nn.Module):
    """Keeps a share of each graph's nodes, those of the highest scores r, times tanh(r): TopK with scores drawn once.

    Args:
        draw: one of `repool.models.select.assignment.DRAWS`.
        nodes: of the largest graph.
        ratio: share of nodes that is kept.
        streams: of each seed.
    """

    scores: Tensor

    def __init__(self, draw: str, nodes: int, ratio: float, streams: list[np.random.Generator]):
        super().__init__()
        self.ratio = ratio
        self.register_buffer("scores", drawn(DRAWS[draw], (nodes, 1), streams))

    def forward(self, X: Tensor, batch: Batch) -> Pooled:
        """The level above that of X [seeds, rows, width]."""
        parts = [self._part(X[seed], self.scores[seed], batch, seed) for seed in range(len(X))]
        level = Sparse(parts, X.device)
        return Pooled(level.stacked(parts), level)

    def _part(self, X: Tensor, scores: Tensor, batch: Batch, seed: int) -> Part:
        sizes = np.diff(batch.level.ptr[seed]).astype(np.int64)
        graph = np.repeat(np.arange(sizes.size), sizes)
        starts = sizes.cumsum() - sizes
        place = torch.from_numpy(np.arange(graph.size) - starts[graph]).to(X.device)
        gate = scores.index_select(0, place)
        order = np.lexsort((-gate[:, 0].cpu().numpy(), graph))
        kept = share_of(self.ratio, sizes)
        chosen = order[np.arange(graph.size) - starts[graph] < kept[graph]]
        at = torch.from_numpy(chosen).to(X.device)
        return Part(
            X.index_select(0, at) * gate.index_select(0, at).tanh(), among(edges_of(batch, seed), chosen, X), None, kept
        )


def edges_of(batch: Batch, seed: int) -> np.ndarray:
    """Source and target of every edge of a seed, counted from its first node, int64 [2, edges]."""
    graphs = batch.graphs
    first, ptr = seed * graphs.rows, graphs.in_ptr[seed * graphs.rows : (seed + 1) * graphs.rows + 1]
    target = np.repeat(np.arange(graphs.rows), np.diff(ptr))
    return np.stack([graphs.in_idx[ptr[0] : ptr[-1]].astype(np.int64) - first, target])


def among(edges: np.ndarray, chosen: np.ndarray, X: Tensor) -> Tensor:
    """Those edges that join two chosen rows, in their new numbers, int64 [2, edges]."""
    number = np.full(len(X), -1)
    number[chosen] = np.arange(chosen.size)
    renamed = number[edges]
    return torch.from_numpy(renamed[:, (renamed >= 0).all(axis=0)]).to(X.device)


class RandomClusters(nn.Module):
    """S = softmax(R), R drawn once before training (equation 6), of which a graph takes as many columns as clusters.

    Args:
        draw: one of `repool.models.select.assignment.DRAWS`.
        nodes: of the largest graph.
        ratio: clusters, as a share of a graph's nodes, or of the largest graph's (`even`).
        even: whether all graphs have the same number of clusters.
        streams: of each seed.
    """

    weights: Tensor
    totals: Tensor

    def __init__(self, draw: str, nodes: int, ratio: float, even: bool, streams: list[np.random.Generator]):
        super().__init__()
        self.ratio, self.even = ratio, even
        self.clusters = int(share_of(ratio, np.array([nodes]))[0])
        weights = drawn(DRAWS[draw], (nodes, self.clusters), streams).exp()
        self.register_buffer("weights", weights)
        self.register_buffer("totals", weights.cumsum(dim=2))

    def forward(self, X: Tensor, batch: Batch) -> Pooled:
        """The level above that of X [seeds, rows, width]."""
        sizes = np.diff(batch.level.ptr).astype(np.int64)
        clusters = np.full_like(sizes, self.clusters) if self.even else share_of(self.ratio, sizes)
        S = [list(map(self._assignment, repeat(seed), sizes[seed], clusters[seed])) for seed in range(len(sizes))]
        level = Assigned(batch.level, S)
        return Pooled(level.pool(X), level)

    def _assignment(self, seed: int, nodes: int, clusters: int) -> Tensor:
        """S of a graph, [nodes, clusters]."""
        return self.weights[seed, :nodes, :clusters] / self.totals[seed, :nodes, clusters - 1 : clusters]
