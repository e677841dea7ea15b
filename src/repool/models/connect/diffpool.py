"""Clusters connected as DiffPool has it: A' = S^T A S, over which convolutions average (equation 5).

The matrix is built where clusters are few; elsewhere products go through the nodes.
"""

from abc import abstractmethod
from functools import cached_property

import torch
from torch import Tensor

from repool.models.connect.remembered import Couplings
from repool.models.kernels.cluster_matrices import neighbourhoods
from repool.models.kernels.coupling_norm import coupling_norm
from repool.models.kernels.pooled_means import degree_and_diagonal, pooled_mean
from repool.models.levels import Averaging, Clusters, Nodes

# From so many clusters for each node on, products through the nodes are faster (benchmarks/README.md).
CLUSTERS_FOR_EACH_NODE = 2


class AveragingClusters(Clusters, Averaging):
    """A pooled level (Ying et al., 2018).

    Args:
        below: the level that was pooled.
        S: its assignment, [seeds, rows, clusters].
    """

    def __init__(self, below: Averaging, S: Tensor):
        super().__init__(below.seeds, below.graphs, S.size(2), S.device)
        self.entries = torch.full((self.seeds,), float(self.rows * self.clusters), device=S.device)

    @property
    @abstractmethod
    def trace(self) -> Tensor:
        """tr A', summed over the batch, [seeds]."""


def averaging_clusters(below: Averaging, S: Tensor, couplings: Couplings) -> AveragingClusters:
    """The level above, in the form that is faster for its number of clusters; `couplings` gives S^T A S."""
    if isinstance(below, Nodes) and S.size(2) * below.graphs >= CLUSTERS_FOR_EACH_NODE * below.rows:
        return ClustersThroughNodes(below, S)
    return MatrixOfClusters(below, S, couplings(below, S))


class ClustersThroughNodes(AveragingClusters):
    """A product costs nodes x clusters (for PROTEINS' mean graph 39 x 155, for DD's 284 x 1,437)."""

    def __init__(self, below: Nodes, S: Tensor):
        super().__init__(below, S)
        self._below, self._S = below, S

    def sum(self, X: Tensor) -> Tensor:
        """A' X."""
        return self._below.pool(self._S, self._below.sum(self._below.spread(self._S, X)))

    def _mean(self, X: Tensor, itself: bool) -> Tensor:
        degree, diagonal = self._degree_and_diagonal
        kept = 1 - diagonal if itself else torch.zeros_like(degree)
        return pooled_mean(self._S, X, degree, kept, self._below.A, self._below.ranges)

    @cached_property
    def _degree_and_diagonal(self) -> tuple[Tensor, Tensor]:
        return degree_and_diagonal(self._S, self._below.A, self._below.ranges)

    @cached_property
    def squared_norm(self) -> Tensor:  # type: ignore[override]
        """||A'||^2 over the batch, [seeds]."""
        return coupling_norm(self._S, self._below.A, self._below.ranges).sum(dim=1)

    @property
    def trace(self) -> Tensor:
        """tr A', summed over the batch, [seeds]."""
        return self._degree_and_diagonal[1].sum(dim=(1, 2))


class MatrixOfClusters(AveragingClusters):
    """A product costs clusters x clusters.

    Args:
        below, S: as of every `AveragingClusters`.
        A: S^T A S, [seeds, graphs x clusters, clusters].
    """

    def __init__(self, below: Averaging, S: Tensor, A: Tensor):
        super().__init__(below, S)
        self.A = A

    @cached_property
    def squared_norm(self) -> Tensor:  # type: ignore[override]
        """||A'||^2 over the batch, [seeds]."""
        return self.A.square().sum(dim=(1, 2))

    @property
    def trace(self) -> Tensor:
        """tr A', summed over the batch, [seeds]."""
        return self.per_graph(self.A).diagonal(dim1=1, dim2=2).reshape(self.seeds, -1).sum(dim=1)

    @cached_property
    def _neighbourhoods(self) -> dict[bool, Tensor]:
        return {}

    def sum(self, X: Tensor) -> Tensor:
        """A' X."""
        return self.spread(self.A, X)

    def _mean(self, X: Tensor, itself: bool) -> Tensor:
        if itself not in self._neighbourhoods:
            self._neighbourhoods[itself] = neighbourhoods(self.per_graph(self.A), itself).view_as(self.A)
        return self.spread(self._neighbourhoods[itself], X)
