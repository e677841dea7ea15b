"""Convolutions that sum over neighbours (equation 1; Morris et al., 2019)."""

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.kernels.graph_convolution import graph_convolution
from repool.models.kernels.linear import linear
from repool.models.layers.linear import uniform_weights
from repool.models.levels import Connected, Nodes


class GraphConv(nn.Module):
    """The convolution of equation 1 (Morris et al., 2019): Z = ReLU(X W1 + A X W2 + b).

    W1 stands above W2 in one matrix W, so that Z = ReLU([X, A X] W + b) is one product.
    """

    def __init__(self, inputs: int, outputs: int, streams: list[np.random.Generator]):
        super().__init__()
        self.W = uniform_weights((2 * inputs, outputs), inputs, streams)
        self.b = uniform_weights((1, outputs), inputs, streams)

    def forward(self, X: Tensor, level: Nodes) -> Tensor:
        """[seeds, rows, outputs] from X [seeds, rows, inputs] over the rows of the level."""
        return graph_convolution(X, self.W, self.b, level.A, level.counts)


class SumConv(nn.Module):
    """The same without ReLU over the rows of any level: Z = X W1 + A X W2 + b (PyG's GraphConv and DenseGraphConv)."""

    def __init__(self, inputs: int, outputs: int, streams: list[np.random.Generator]):
        super().__init__()
        self.W = uniform_weights((2 * inputs, outputs), inputs, streams)
        self.b = uniform_weights((1, outputs), inputs, streams)

    def forward(self, X: Tensor, level: Connected) -> Tensor:
        """[seeds, rows, outputs] from X [seeds, rows, inputs] over the rows of the level."""
        return linear(torch.cat([X, level.sum(X)], dim=2), self.W, self.b, level.counts)
