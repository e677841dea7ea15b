"""GraphSAGE convolutions over a level (Hamilton et al., 2017), in the forms that libraries have had."""

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.kernels.linear import linear
from repool.models.kernels.unit_rows import unit_rows
from repool.models.layers.batch_norm import BatchNorm
from repool.models.layers.linear import Linear, uniform_weights
from repool.models.levels import Averaging

# How a node counts in its own convolution: by a weight of its own, as one of its neighbours, or not at all.
ITSELF = ("root", "loop", "none")


class SageConv(nn.Module):
    """Z = X W1 + M W2 + b, M the mean over each node's neighbours; or Z = M W + b.

    `root` is GraphSAGE by its own paper and DenseSAGEConv since version 1.5.0 (Z = X W1 + M W2 + b, with W1 above W2 in
    one W); `loop` is that layer up to 1.4.3, in which the node is one of its neighbours.

    Args:
        inputs, outputs: widths.
        streams: initialisation stream of each seed.
        itself: one of `ITSELF`.
        unit: whether rows of Z are scaled to unit length.
    """

    def __init__(self, inputs: int, outputs: int, streams: list[np.random.Generator], itself: str, unit: bool = True):
        super().__init__()
        self.root, self.loop, self.unit = itself == "root", itself == "loop", unit
        self.W = uniform_weights((2 * inputs if self.root else inputs, outputs), inputs, streams)
        self.b = uniform_weights((1, outputs), inputs, streams)

    def forward(self, X: Tensor, level: Averaging) -> Tensor:
        """[seeds, rows, outputs] from X [seeds, rows, inputs] over the rows of the level."""
        M = level.mean(X, self.loop)
        Z = linear(torch.cat([X, M], dim=2) if self.root else M, self.W, self.b, level.counts)
        return unit_rows(Z) if self.unit else Z


class SageStack(nn.Module):
    """Three convolutions, side by side in the output; of Errica et al. (2020), for version 2 of DiffPool.

    ReLU and batch normalisation after the first two; the node does not count among its neighbours, rows keep their
    length. With `project`, a linear layer brings the three to the width of the last.
    """

    def __init__(
        self,
        inputs: int,
        hidden: int,
        outputs: int,
        streams: list[np.random.Generator],
        over: str,
        project: bool = False,
    ):
        super().__init__()
        widths = [(inputs, hidden), (hidden, hidden), (hidden, outputs)]
        self.convolutions = nn.ModuleList(
            SageConv(before, after, streams, "none", unit=False) for before, after in widths
        )
        self.norms = nn.ModuleList(BatchNorm(hidden, len(streams), over) for _ in range(2))
        self.project = Linear(2 * hidden + outputs, outputs, streams) if project else None

    def forward(self, X: Tensor, level: Averaging) -> Tensor:
        """[seeds, rows, 2 x hidden + outputs], or [seeds, rows, outputs] if projected, from X [seeds, rows, inputs]."""
        found = []
        for conv, norm in zip(self.convolutions, self.norms, strict=False):
            X = norm(conv(X, level), level, activated=True)
            found.append(X)
        found.append(self.convolutions[-1](X, level))
        together = torch.cat(found, dim=2)
        return together if self.project is None else self.project(together, level.counts)


class SageBlock(nn.Module):
    """Convolutions of which all but the last end in ReLU and batch normalisation; sums where shapes agree (A.2).

    Args:
        convolutions: three, in the paper; each is called with X and the level.
        width: of their outputs.
        seeds: number of seeds.
        over: which rows batch normalisation counts, one of `batch_norm.OVER`.
    """

    def __init__(self, convolutions: list[nn.Module], width: int, seeds: int, over: str):
        super().__init__()
        self.convolutions = nn.ModuleList(convolutions)
        self.norms = nn.ModuleList(BatchNorm(width, seeds, over) for _ in convolutions[1:])

    def forward(self, X: Tensor, level: Averaging) -> Tensor:
        """[seeds, rows, width] from X [seeds, rows, inputs]."""
        for conv, norm in zip(self.convolutions, self.norms, strict=False):
            Z = norm(conv(X, level), level, activated=True)
            X = X + Z if X.shape == Z.shape else Z
        last: Tensor = self.convolutions[-1](X, level)
        return last


class ActivatedConv(nn.Module):
    """A convolution with ReLU and batch normalisation after it."""

    def __init__(self, conv: nn.Module, width: int, seeds: int, over: str):
        super().__init__()
        self.conv, self.norm = conv, BatchNorm(width, seeds, over)

    def forward(self, X: Tensor, level: Averaging) -> Tensor:
        """[seeds, rows, width] from X [seeds, rows, inputs]."""
        Z: Tensor = self.norm(self.conv(X, level), level, activated=True)
        return Z
