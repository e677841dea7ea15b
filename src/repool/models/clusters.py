"""Levels above the first: every graph has the same number of clusters, and S^T A S connects them."""

from functools import cached_property

import torch
from torch import Tensor

from repool.models.levels import Averaging, Connected, Level, Nodes


class Clusters(Level):
    """A level above: every graph has the same clusters, and no row is padding.

    X is [seeds, graphs x clusters, width].
    """

    def __init__(self, seeds: int, graphs: int, clusters: int, device: torch.device):
        self.seeds, self.graphs, self.clusters, self.device = seeds, graphs, clusters, device
        self.rows = graphs * clusters
        self.nodes = self.padded_rows = torch.full((seeds, 1, 1), float(self.rows), device=device)
        self.inside = torch.ones(1, 1, 1, device=device)

    def per_graph(self, X: Tensor) -> Tensor:
        """[seeds x graphs, clusters, width] of X."""
        return X.reshape(self.seeds * self.graphs, self.clusters, X.size(2))

    def pool(self, S: Tensor, X: Tensor) -> Tensor:
        """S^T X of each graph."""
        return torch.bmm(self.per_graph(S).mT, self.per_graph(X)).view(self.seeds, -1, X.size(2))

    def spread(self, S: Tensor, Y: Tensor) -> Tensor:
        """S Y of each graph."""
        per_graph = Y.reshape(self.seeds * self.graphs, -1, Y.size(2))
        return torch.bmm(self.per_graph(S), per_graph).view(self.seeds, self.rows, Y.size(2))

    def gram_norm(self, S: Tensor) -> Tensor:
        """||S^T S||^2 of each graph, [seeds, graphs]."""
        S = self.per_graph(S)
        return torch.bmm(S.mT, S).square().sum(dim=(1, 2)).view(self.seeds, self.graphs)

    def rows_of(self, table: Tensor) -> Tensor:
        """Row i of a table [seeds, clusters + 1, width] for cluster i of every graph."""
        return table[:, : self.clusters].unsqueeze(1).expand(-1, self.graphs, -1, -1).flatten(1, 2)

    def total(self, X: Tensor) -> Tensor:
        """Sum of X over the clusters of each graph, [seeds, graphs, width]."""
        return X.view(self.seeds, self.graphs, self.clusters, X.size(2)).sum(dim=2)

    def of_graph(self, x: Tensor) -> Tensor:
        """For every cluster what x [seeds, graphs, width] says of its graph, [seeds, rows, width]."""
        return x.unsqueeze(2).expand(-1, -1, self.clusters, -1).flatten(1, 2)

    def mean_of_graph(self, X: Tensor) -> Tensor:
        """Mean of X over the clusters of each graph, [seeds, graphs, width]."""
        return self.total(X) / self.clusters

    def max_of_graph(self, X: Tensor) -> Tensor:
        """Maximum of X over the clusters of each graph, [seeds, graphs, width]."""
        return X.view(self.seeds, self.graphs, self.clusters, X.size(2)).max(dim=2).values


class ConnectedClusters(Clusters, Averaging):
    """Clusters with A' = S^T A S as a matrix (equation 5).

    Args:
        below: the level that was pooled.
        S: its assignment, [seeds, rows, clusters].
    """

    def __init__(self, below: Averaging, S: Tensor):
        super().__init__(below.seeds, below.graphs, S.size(2), S.device)
        self.A = self.per_graph(below.pool(S, below.sum(S)))
        self.entries = torch.full((self.seeds,), float(self.rows * self.clusters), device=S.device)

    @cached_property
    def squared_norm(self) -> Tensor:  # type: ignore[override]
        """||A||^2 over the batch, [seeds]."""
        return self.A.square().view(self.seeds, -1).sum(dim=1)

    @property
    def trace(self) -> Tensor:
        """tr A, summed over the batch, [seeds]."""
        return self.A.diagonal(dim1=1, dim2=2).reshape(self.seeds, -1).sum(dim=1)

    @cached_property
    def _eye(self) -> Tensor:
        return torch.eye(self.clusters, device=self.device)

    @cached_property
    def _neighbourhoods(self) -> dict[bool, Tensor]:
        return {}

    def sum(self, X: Tensor) -> Tensor:
        """A X."""
        return torch.bmm(self.A, self.per_graph(X)).view(X.shape)

    def mean(self, X: Tensor, itself: bool) -> Tensor:
        """Mean of X over each cluster's neighbours, weighted by A, with its diagonal set to 1 if `itself`."""
        if itself not in self._neighbourhoods:
            A = self.A * (1 - self._eye) + self._eye if itself else self.A
            self._neighbourhoods[itself] = A / A.sum(dim=2, keepdim=True).clamp(min=1)
        return torch.bmm(self._neighbourhoods[itself], self.per_graph(X)).view(X.shape)


class NormalisedClusters(Clusters, Connected):
    """Clusters with S^T A S, its diagonal set to zero and symmetrically normalised (Bianchi et al., 2020).

    The matrix, clusters x clusters for every graph, is not built: with d the diagonal of S^T A S and C the row
    sums without it, products are C^-1/2 (S^T A S - d) C^-1/2 X, from the right. So a product costs nodes x clusters,
    also where clusters outnumber nodes (2,874 for the 284 nodes of an average graph of DD).

    Args:
        below: the level that was pooled.
        S: its assignment, [seeds, rows, clusters], rows summing to 1 on nodes.

    Attributes:
        degree_below: row sums of the level's A, [seeds, rows, 1].
        trace: tr(S^T A S) of each graph, [seeds, graphs].
    """

    def __init__(self, below: Connected, S: Tensor):
        super().__init__(below.seeds, below.graphs, S.size(2), S.device)
        self._below, self._S, self._AS = below, S, below.sum(S)
        # A 1 = A S 1, for rows of S sum to 1
        self.degree_below = below.degree if isinstance(below, Nodes) else self._AS.sum(dim=2, keepdim=True)
        diagonal = below.total(S * self._AS)
        self.trace = diagonal.sum(dim=2)
        sums = below.total(S * self.degree_below) - diagonal
        self._diagonal = diagonal.view(self.seeds, self.rows, 1)
        self._scale = sums.clamp(min=1e-30).rsqrt().view(self.seeds, self.rows, 1)

    def sum(self, X: Tensor) -> Tensor:
        """A' X, [seeds, rows, width] of X [seeds, rows, width]."""
        Y = self._scale * X
        return self._scale * (self._below.pool(self._S, self._below.spread(self._AS, Y)) - self._diagonal * Y)
