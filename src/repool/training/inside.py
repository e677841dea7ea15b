"""What networks do inside at their best epochs: how alike the rows of a graph are, and what the nodes' order changes.

Figures 5, 6 and S2 to S13 show it, appendices C and D prove some of it. Nothing here moves a weight or a stream that
training reads.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from repool.models.network import Embedding
from repool.training.streams import word

if TYPE_CHECKING:
    from repool.training.block import Block

# As many graphs as figure 5 shows.
EXAMPLES = 3
# Of the squares: what is left of a difference of equal sums in double precision.
NO_VARIANCE = 1e-12


@dataclass(frozen=True)
class Homogeneity:
    """How alike the rows of a graph are, over the test graphs; shares are None where there is no variance.

    Attributes:
        rows: mean rows of a graph.
        share: of the variance over all graphs, what lies within graphs (an analysis of variance with graphs as groups,
            summed over features): 0 where all rows of a graph are alike, 1 where graphs have equal means.
        share_of_matrix: of the variance of all entries of a graph's matrix, what lies within its columns, which is
            what figures 5 and 6 show: 0 where the matrix is made of vertical bars.
    """

    rows: float
    share: float | None
    share_of_matrix: float | None


@dataclass(frozen=True)
class Inside:
    """What one seed's network does inside.

    Attributes:
        homogeneity: of each of `Outcome.embeddings`.
        permutation: largest difference between the outputs for the examples and for the same graphs with their nodes
            in another order, as a share of the largest output.
        divergence: unsupervised loss of the examples by node (appendix D), with the keys as they are and with
            identical ones; None for networks without it.
        examples: the first test graphs of the seed, int64 [EXAMPLES].
        activations: `Outcome.embeddings` of each example, float32 [rows, width].
    """

    homogeneity: list[Homogeneity]
    permutation: float
    divergence: tuple[float, float] | None
    examples: np.ndarray
    activations: list[list[np.ndarray]]


@torch.no_grad()
def look(block: "Block", positions: list[int], batch: int) -> list[Inside]:
    """Look into the networks at some positions of a block, `batch` test graphs at a time."""
    if not positions:
        return []
    block.network.eval()
    test = np.stack([run.parts[2] for run in block.live])
    homogeneity = homogeneities(block, test, batch)
    examples = test[:, :EXAMPLES]
    outcome = block.outcome(examples, block.network, block.pooling.copy())
    order = np.array([word(run.seed, "look", block.epoch) for run in block.live], np.uint64)
    moved = block.outcome(examples, block.network, block.pooling.copy(), order)
    differences = (outcome.outputs - moved.outputs).abs().amax(dim=(1, 2))
    permutation = (differences / outcome.outputs.abs().amax(dim=(1, 2)).clamp(min=1e-30)).tolist()
    divergence = divergences(block, examples)
    return [
        Inside(
            homogeneity[seed],
            permutation[seed],
            divergence[seed] if divergence else None,
            examples[seed],
            [rows_of_graphs(embedding, seed) for embedding in outcome.embeddings],
        )
        for seed in positions
    ]


def divergences(block: "Block", examples: np.ndarray) -> list[tuple[float, float]] | None:
    """The unsupervised loss of each seed by node, with its keys and with identical ones, if its network has any."""
    network = block.network
    if not network.period:
        return None
    learned = block.outcome(examples, network.divergence, block.pooling.copy()).penalty
    with network.identical_keys():
        identical = block.outcome(examples, network.divergence, block.pooling.copy()).penalty
    assert learned is not None
    assert identical is not None
    return list(zip(learned.tolist(), identical.tolist(), strict=True))


def homogeneities(block: "Block", test: np.ndarray, batch: int) -> list[list[Homogeneity]]:
    """Of each seed and embedding, from `batch` test graphs [seeds, graphs] at a time."""
    sums: list[Tensor] = []
    pooling = block.pooling.copy()
    for start in range(0, test.shape[1], batch):
        embeddings = block.outcome(test[:, start : start + batch], block.network, pooling).embeddings
        found = [moments(embedding) for embedding in embeddings]
        sums = [before + now for before, now in zip(sums, found, strict=True)] if sums else found
    layers = [layer.cpu().numpy() for layer in sums]
    return [[homogeneity(layer[seed], test.shape[1]) for layer in layers] for seed in range(len(test))]


def moments(embedding: Embedding) -> Tensor:
    """What variances are made of, summed over graphs G [rows, width], float64 [seeds, 4 + width].

    Rows; squares of entries; ||sum of rows||^2 / rows; (sum of entries)^2 / entries; sum of rows.
    """
    found = []
    for seed, Z in enumerate(embedding.Z):
        first, last = embedding.ptr[seed, 0], embedding.ptr[seed, -1]
        X = Z[first - seed * len(Z) : last - seed * len(Z)].double()
        sizes = torch.from_numpy(np.diff(embedding.ptr[seed]).astype(np.int64)).to(Z.device)
        sums = torch.segment_reduce(X, "sum", lengths=sizes, axis=0)
        scalars = [
            sizes.sum().double(),
            X.square().sum(),
            (sums.square().sum(dim=1) / sizes).sum(),
            (sums.sum(dim=1).square() / (sizes * X.size(1))).sum(),
        ]
        found.append(torch.cat([torch.stack(scalars), sums.sum(dim=0)]))
    return torch.stack(found)


def homogeneity(moments: np.ndarray, graphs: int) -> Homogeneity:
    """The shares from `moments` of so many graphs."""
    rows, squares, of_graphs, of_matrices, sums = *moments[:4], moments[4:]
    within = squares - of_graphs

    def share(total: float) -> float | None:
        return None if total <= NO_VARIANCE * squares else float(np.clip(within / total, 0, 1))

    return Homogeneity(
        float(rows / graphs), share(squares - np.square(sums).sum() / rows), share(squares - of_matrices)
    )


def rows_of_graphs(embedding: Embedding, seed: int) -> list[np.ndarray]:
    """The rows of each graph of one seed, float32 [rows, width]."""
    Z = embedding.Z[seed].cpu().numpy()
    bounds = embedding.ptr[seed] - seed * len(Z)
    return [Z[start:stop].copy() for start, stop in pairwise(bounds)]
