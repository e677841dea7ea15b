"""Levels above the first: every graph has the same number of clusters."""

import numpy as np
import torch
from torch import Tensor

from repool.models.levels import Level


class Clusters(Level):
    """A level above: every graph has the same clusters, and no row is padding.

    X is [seeds, graphs x clusters, width].
    """

    def __init__(self, seeds: int, graphs: int, clusters: int, device: torch.device):
        self.seeds, self.graphs, self.clusters, self.device = seeds, graphs, clusters, device
        self.rows = graphs * clusters
        starts = np.arange(graphs + 1, dtype=np.int32) * clusters
        self.ptr = starts + self.rows * np.arange(seeds, dtype=np.int32)[:, None]
        self.nodes = self.padded_rows = torch.full((seeds, 1, 1), float(self.rows), device=device)
        self.inside = torch.ones(1, 1, 1, device=device)

    def per_graph(self, X: Tensor) -> Tensor:
        """[seeds x graphs, clusters, width] of X."""
        return X.reshape(self.seeds * self.graphs, self.clusters, X.size(2))

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
