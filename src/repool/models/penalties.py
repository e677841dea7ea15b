"""What training adds to the supervised loss to make clusters of neighbours; each from S^T A S and S^T S alone."""

from torch import Tensor

from repool.models.connect.diffpool import AveragingClusters
from repool.models.connect.mincut import NormalisedClusters
from repool.models.levels import Averaging, Level


def link_prediction(level: Averaging, S: Tensor, coarse: AveragingClusters) -> Tensor:
    """||A - S S^T|| over the batch, divided by the entries of its dense padded form, [seeds] (section 2, case 2).

    The square of the norm is ||A||^2 - 2 tr(S^T A S) + ||S^T S||^2.
    """
    squared = level.squared_norm - 2 * coarse.trace + level.gram_norm(S).sum(dim=1)
    return squared.clamp(min=0).sqrt() / level.entries


def entropy(level: Level, S: Tensor) -> Tensor:
    """Entropy of the rows of S, averaged over the rows of a dense padded batch, [seeds] (section 2, case 2)."""
    return -of_rows(S * (S + 1e-15).log(), level) / level.padded_rows.flatten()


def min_cut(coarse: NormalisedClusters) -> Tensor:
    """- tr(S^T A S) / tr(S^T D S), averaged over the graphs, [seeds]; 0 without edges (Bianchi et al., 2020)."""
    return -(coarse.trace / coarse.cut.clamp(min=1e-12)).mean(dim=1)


def orthogonality(level: Level, S: Tensor, coarse: NormalisedClusters) -> Tensor:
    """|| S^T S / ||S^T S|| - I / sqrt(k) ||, averaged over the graphs, [seeds] (Bianchi et al., 2020).

    Its square is 2 - 2 tr(S^T S) / (sqrt(k) ||S^T S||).
    """
    cosine = coarse.squares * (S.size(2) * level.gram_norm(S)).rsqrt()
    return (2 - 2 * cosine).clamp(min=1e-12).sqrt().mean(dim=1)


def purity(level: Level, S: Tensor, nothing: float = 1e-8) -> Tensor:
    """Divergence of S from its renormalised squares P, summed over the nodes, [seeds] (appendix D).

    P_ij is proportional to S_ij^2 / sum_i S_ij. `nothing` keeps logarithms and quotients finite; the released code's
    is the default, which takes some 1e-7 off the divergence of a node.
    """
    P = S.square() / (level.of_graph(level.total(S)) + nothing)
    P = P / (P.sum(dim=2, keepdim=True) + nothing)
    return of_rows(P * ((P + nothing).log() - (S + nothing).log()), level)


def of_rows(X: Tensor, level: Level) -> Tensor:
    """Sum of all entries, [seeds]: row by row and graph by graph, so that it does not depend on padding."""
    return level.total(X.sum(dim=2, keepdim=True)).sum(dim=(1, 2))
