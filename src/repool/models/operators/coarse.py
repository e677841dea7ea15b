"""The levels that a pooling brought from elsewhere may give, each with the product that a convolution asks for."""

from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor

from repool.models.kernels.dispatch import numbers, to_device
from repool.models.kernels.ranges import Ranges
from repool.models.levels import Clusters, Nodes


class Coarse(Protocol):
    """What the network above a pooling reads of its level (`repool.models.levels.Level` has the words)."""

    ptr: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """How many rows of each seed are not padding, int64 [seeds]."""

    def sum(self, X: Tensor) -> Tensor:
        """A' X, [seeds, rows, width]."""

    def mean_of_graph(self, X: Tensor) -> Tensor:
        """Mean of X over each graph, [seeds, graphs, width]."""


class Part(NamedTuple):
    """The pooled graphs of one seed, those of a graph consecutive.

    X: [rows, width]. edges: source and target of each, int64 [2, edges]. weight: [edges, 1], or None for ones.
    sizes: rows of each graph, int64 [graphs].
    """

    X: Tensor
    edges: Tensor
    weight: Tensor | None
    sizes: np.ndarray


class Rows:
    """Rows of each graph with a row of padding at least behind those of each seed, as levels of nodes have them."""

    def __init__(self, sizes: np.ndarray, device: torch.device):
        """`sizes`: rows of each graph, int64 [seeds, graphs]."""
        self.counts = sizes.sum(axis=1)
        self.rows, self.seeds, self.device = int(self.counts.max()) + 1, len(sizes), device
        starts = np.concatenate([np.zeros((self.seeds, 1), np.int64), sizes.cumsum(axis=1)], axis=1)
        self.ptr = (starts + self.rows * np.arange(self.seeds)[:, None]).astype(np.int32)
        self._sizes = numbers(sizes, device).unsqueeze(2)

    @cached_property
    def ranges(self) -> Ranges:
        """The rows of each graph."""
        return Ranges(self.ptr, self.rows, self.device)

    def mean_of_graph(self, X: Tensor) -> Tensor:
        """Mean of X over each graph, [seeds, graphs, width]."""
        graph = torch.repeat_interleave(
            torch.arange(self._sizes.numel(), device=X.device), self._sizes.flatten().long()
        )
        inside = X.flatten(0, 1).index_select(0, self.inside)
        total = X.new_zeros(self._sizes.numel(), X.size(2)).index_add(0, graph, inside)
        return total.view(self.seeds, -1, X.size(2)) / self._sizes

    @cached_property
    def inside(self) -> Tensor:
        """The rows of the block that are no padding, int64."""
        found = [seed * self.rows + np.arange(count) for seed, count in enumerate(self.counts)]
        return to_device(np.concatenate(found), self.device)


class Sparse(Rows):
    """Pooled graphs with weighted edges that live on the device, as operators of PyTorch Geometric give them."""

    def __init__(self, parts: list[Part], device: torch.device):
        super().__init__(np.stack([part.sizes for part in parts]), device)
        starts = [seed * self.rows for seed in range(self.seeds)]
        self._edges = torch.cat([part.edges + start for part, start in zip(parts, starts, strict=True)], dim=1)
        self._weight = None
        if any(part.weight is not None for part in parts):
            ones = [part.X.new_ones(part.edges.size(1), 1) if part.weight is None else part.weight for part in parts]
            self._weight = torch.cat(ones)

    def stacked(self, parts: list[Part]) -> Tensor:
        """The rows of all parts, [seeds, rows, width], zero on padding."""
        padded = [torch.nn.functional.pad(part.X, (0, 0, 0, self.rows - len(part.X))) for part in parts]
        return torch.stack(padded)

    def sum(self, X: Tensor) -> Tensor:
        """A' X."""
        sent = X.flatten(0, 1).index_select(0, self._edges[0])
        if self._weight is not None:
            sent = sent * self._weight
        return torch.zeros_like(X).flatten(0, 1).index_add(0, self._edges[1], sent).view_as(X)


class Block(NamedTuple):
    """One graph: its seed, its rows below and above, and its assignment S [rows below, rows above]."""

    seed: int
    below: slice
    above: slice
    S: Tensor


class Assigned(Rows):
    """Clusters of an assignment that is not learned; products go through the nodes, so S^T A S is never built.

    Args:
        below: the level that was pooled.
        S: of each seed and graph, [nodes, clusters].
    """

    def __init__(self, below: Nodes, S: list[list[Tensor]]):
        super().__init__(np.array([[matrix.size(1) for matrix in own] for own in S]), below.device)
        self._below, self._blocks = below, list[Block]()
        for seed, own in enumerate(S):
            lower, upper = below.ptr[seed] - seed * below.rows, self.ptr[seed] - seed * self.rows
            for graph, matrix in enumerate(own):
                rows = slice(lower[graph], lower[graph + 1]), slice(upper[graph], upper[graph + 1])
                self._blocks.append(Block(seed, *rows, matrix))

    def pool(self, X: Tensor) -> Tensor:
        """S^T X, [seeds, rows of this level, width], of X [seeds, rows below, width]."""
        pooled: Tensor = _Product.apply(X, self._blocks, self.rows, True)  # type: ignore[no-untyped-call]
        return pooled

    def sum(self, X: Tensor) -> Tensor:
        """S^T A S X."""
        Y: Tensor = _Product.apply(X, self._blocks, self._below.rows, False)  # type: ignore[no-untyped-call]
        return self.pool(self._below.sum(Y))


class _Product(torch.autograd.Function):
    """S^T X (`up`) or S X of each graph, each the gradient of the other; of S no gradient is asked for."""

    @staticmethod
    def forward(ctx, X, blocks, rows, up):  # type: ignore[no-untyped-def]
        ctx.blocks, ctx.rows, ctx.up = blocks, X.size(1), up
        return _product(X, blocks, rows, up)

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        return _product(gradient, ctx.blocks, ctx.rows, not ctx.up), None, None, None


def _product(X: Tensor, blocks: list[Block], rows: int, up: bool) -> Tensor:
    Y = X.new_zeros(len(X), rows, X.size(2))
    for seed, below, above, S in blocks:
        if up:
            torch.mm(S.mT, X[seed, below], out=Y[seed, above])
        else:
            torch.mm(S, X[seed, above], out=Y[seed, below])
    return Y


class Matrices(Clusters):
    """Clusters with a matrix a graph, A' [seeds, graphs, clusters, clusters], as dense operators give it."""

    def __init__(self, A: Tensor):
        super().__init__(A.size(0), A.size(1), A.size(2), A.device)
        self.A = A

    def sum(self, X: Tensor) -> Tensor:
        """A' X."""
        of_graphs = X.view(self.seeds, self.graphs, self.clusters, X.size(2))
        return torch.stack([A @ Y for A, Y in zip(self.A, of_graphs, strict=True)]).view_as(X)
