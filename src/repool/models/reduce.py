"""Reduce: the features of a cluster from those of its nodes."""

from torch import Tensor

from repool.models.graphs import Pairs
from repool.models.kernels.pair_max import pair_max
from repool.models.levels import Level


def max_of_pairs(X: Tensor, pairs: Pairs) -> Tensor:
    """Maximum over the nodes of each cluster of a matching (equation 2), [seeds, rows of the next level, width]."""
    return pair_max(X, pairs)


def weighted_sums(S: Tensor, X: Tensor, level: Level) -> Tensor:
    """S^T X of each graph (equation 5), [seeds, graphs x clusters, width]."""
    return level.pool(S, X)
