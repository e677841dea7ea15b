"""Clusters connected as MinCutPool has it: S^T A S without its diagonal, symmetrically normalised.

With A' = S^T A S without its diagonal and C its row sums, products are C^-1/2 A' C^-1/2 X. The matrix is built where it
is small; elsewhere products go through the nodes.
"""

from abc import abstractmethod
from functools import cached_property

import torch
from torch import Tensor

from repool.models.connect.remembered import Couplings
from repool.models.kernels.cluster_matrices import NOTHING, normalised
from repool.models.kernels.cut_products import cut_product
from repool.models.kernels.cut_sums import cut_sums, scaled_columns
from repool.models.levels import Clusters, Connected

# Matrices of clusters x clusters up to here are faster than loops over nodes x clusters (benchmarks/README.md).
MOST_CLUSTERS_OF_A_MATRIX = 160


class NormalisedClusters(Clusters, Connected):
    """A pooled level (Bianchi et al., 2020).

    Args:
        below: the level that was pooled.
        S: its assignment, [seeds, rows, clusters], rows summing to 1 on nodes.
    """

    def __init__(self, below: Connected, S: Tensor):
        super().__init__(below.seeds, below.graphs, S.size(2), S.device)
        self._below, self._S = below, S

    @property
    @abstractmethod
    def trace(self) -> Tensor:
        """tr(S^T A S) of each graph, [seeds, graphs]."""

    @property
    @abstractmethod
    def cut(self) -> Tensor:
        """tr(S^T D S) of each graph, D being the diagonal of A 1, [seeds, graphs]."""

    @property
    @abstractmethod
    def squares(self) -> Tensor:
        """tr(S^T S) of each graph, [seeds, graphs]."""


def normalised_clusters(below: Connected, S: Tensor, couplings: Couplings) -> NormalisedClusters:
    """The level above, in the form that is faster for its number of clusters; `couplings` gives S^T A S."""
    if S.size(2) <= MOST_CLUSTERS_OF_A_MATRIX:
        return MatrixOfClusters(below, S, couplings(below, S))
    return ClustersThroughNodes(below, S)


class ClustersThroughNodes(NormalisedClusters):
    """A product costs nodes x clusters, also where clusters outnumber nodes (2,874 for the 284 of DD's mean graph)."""

    def __init__(self, below: Connected, S: Tensor):
        super().__init__(below, S)
        AS = below.sum(S)
        self._sums = cut_sums(S, AS, below.degree, below.ranges)
        touches = self._sums.outward > NOTHING
        scale = torch.where(touches, self._sums.outward, 1).rsqrt() * touches
        self._scaled_S, self._scaled_AS = (scaled_columns(columns, scale, below.ranges) for columns in (S, AS))

    def sum(self, X: Tensor) -> Tensor:
        """A' X, [seeds, rows, width] of X [seeds, rows, width]."""
        return cut_product(self._scaled_S, self._scaled_AS, X, self._below.ranges)

    @property
    def trace(self) -> Tensor:
        """tr(S^T A S)."""
        return self._sums.diagonal.sum(dim=2)

    @property
    def cut(self) -> Tensor:
        """tr(S^T D S)."""
        return self._sums.cut

    @property
    def squares(self) -> Tensor:
        """tr(S^T S)."""
        return self._sums.squares


class MatrixOfClusters(NormalisedClusters):
    """A product costs clusters x clusters.

    Args:
        below, S: as of every `NormalisedClusters`.
        A: S^T A S, [seeds, graphs x clusters, clusters].
    """

    def __init__(self, below: Connected, S: Tensor, A: Tensor):
        super().__init__(below, S)
        A, self._diagonal = normalised(self.per_graph(A))
        self._A = A.view(self.seeds, self.rows, self.clusters)

    def sum(self, X: Tensor) -> Tensor:
        """A' X, [seeds, rows, width] of X [seeds, rows, width]."""
        return self.spread(self._A, X)

    @property
    def trace(self) -> Tensor:
        """tr(S^T A S)."""
        return self._diagonal.view(self.seeds, self.graphs, -1).sum(dim=2)

    @property
    def cut(self) -> Tensor:
        """tr(S^T D S)."""
        return self._traces[..., 0]

    @property
    def squares(self) -> Tensor:
        """tr(S^T S)."""
        return self._traces[..., 1]

    @cached_property
    def _traces(self) -> Tensor:
        below, squares = self._below, self._S.square().sum(dim=2, keepdim=True)
        return below.total(torch.cat([below.degree * squares, squares], dim=2))
